/* linktype: names of link types, as libpcap has them; the numbers are those of files, which libpcap's own differ from. */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE /* libpcap's headers use the BSD names of integer types */
#include "capture/bytes.h"

#include <steelpkt/capture.h>

#include <pcap/pcap.h>
#include <stdio.h>
#include <strings.h>

/* The number of a file for libpcap's number: what it writes into the header of one. */
static bool of_file(int dlt, uint16_t *link)
{
    uint8_t header[25] = { 0 }; /* and the zero that a stream over memory ends with */
    pcap_t *pcap = pcap_open_dead(dlt, (int)SPK_RECORD_MAX);
    if (pcap == NULL) {
        return false;
    }
    FILE *file = fmemopen(header, sizeof header, "wb");
    pcap_dumper_t *dumper = file != NULL ? pcap_dump_fopen(pcap, file) : NULL;
    if (dumper != NULL) {
        pcap_dump_close(dumper);
    } else if (file != NULL) {
        (void)fclose(file);
    }
    pcap_close(pcap);
    *link = (uint16_t)load32(header + 20, false);
    return dumper != NULL;
}

bool spk_link_type_find(const char *name, uint16_t *link)
{
    if (strncasecmp(name, "LINKTYPE_", 9) == 0) {
        name += 9;
    } else if (strncasecmp(name, "DLT_", 4) == 0) {
        name += 4;
    }
    /* libpcap's list has Ethernet under its oldest name only */
    int dlt = strcasecmp(name, "ETHERNET") == 0 ? DLT_EN10MB : pcap_datalink_name_to_val(name);
    return dlt >= 0 && of_file(dlt, link);
}
