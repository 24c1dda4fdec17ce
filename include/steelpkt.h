/*
 * steelpkt: craft, decode, send, receive, read, write and query network packets.
 *
 * One umbrella over the chapters: base (errors, ownership), proto (rows and registries), packet (decode, read fields,
 * build, edit), plugin (protocols loaded at run time), capture (files), query (fields in, columns and text out).
 */
#ifndef STEELPKT_H
#define STEELPKT_H

#include <steelpkt/base.h>
#include <steelpkt/capture.h>
#include <steelpkt/packet.h>
#include <steelpkt/plugin.h>
#include <steelpkt/proto.h>
#include <steelpkt/query.h>

#endif
