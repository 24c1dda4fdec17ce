/* device: what packets can be captured on, as libpcap lists it. */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE /* libpcap's headers use the BSD names of integer types */
#include "base/error.h"
#include "base/memory.h"

#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include <steelpkt/capture.h>
#include <sys/socket.h>

static uint32_t address_of(const struct sockaddr *address)
{
    struct sockaddr_in in;
    if (address == NULL) {
        return 0;
    }
    memcpy(&in, address, sizeof in);
    return ntohl(in.sin_addr.s_addr);
}

static void take_address(struct spk_device *device, const pcap_if_t *found)
{
    for (const struct pcap_addr *at = found->addresses; at != NULL && !device->has_ip4; at = at->next) {
        if (at->addr != NULL && at->addr->sa_family == AF_INET) {
            device->has_ip4 = true;
            device->ip4 = address_of(at->addr);
            device->netmask = address_of(at->netmask);
        }
    }
}

static uint32_t flags_of(const pcap_if_t *found)
{
    return ((found->flags & PCAP_IF_LOOPBACK) != 0 ? SPK_DEVICE_LOOPBACK : 0u)
           | ((found->flags & PCAP_IF_UP) != 0 ? SPK_DEVICE_UP : 0u)
           | ((found->flags & PCAP_IF_RUNNING) != 0 ? SPK_DEVICE_RUNNING : 0u);
}

/* Copies text to *at, which moves on behind it. */
static const char *keep(char **at, const char *text)
{
    if (text == NULL) {
        return NULL;
    }
    char *kept = *at;
    size_t size = strlen(text) + 1;
    memcpy(kept, text, size);
    *at += size;
    return kept;
}

/* One block: the devices, and behind them their texts. */
static struct spk_device *copy(const pcap_if_t *all, size_t *count)
{
    size_t texts = 0;
    *count = 0;
    for (const pcap_if_t *at = all; at != NULL; at = at->next) {
        texts += strlen(at->name) + 1 + (at->description != NULL ? strlen(at->description) + 1 : 0);
        (*count)++;
    }
    struct spk_device *devices = spk_alloc(*count * sizeof devices[0] + texts);
    if (devices == NULL) {
        return NULL;
    }
    char *text = (char *)(devices + *count);
    size_t i = 0;
    for (const pcap_if_t *at = all; at != NULL; at = at->next, i++) {
        devices[i] = (struct spk_device){ .flags = flags_of(at) };
        devices[i].name = keep(&text, at->name);
        devices[i].doc = keep(&text, at->description);
        take_address(&devices[i], at);
    }
    return devices;
}

enum spk_status spk_device_list(char *message, struct spk_device **out, size_t *count, struct spk_error *error)
{
    char said[PCAP_ERRBUF_SIZE] = "";
    pcap_if_t *all = NULL;
    *out = NULL;
    *count = 0;
    if (pcap_findalldevs(&all, said) != 0) {
        snprintf(message, SPK_BPF_MESSAGE, "%s", said);
        return spk_fail(
            error, (struct spk_error){ .code = SPK_ERR_IO, .what = "cannot list network devices", .hint = message });
    }
    *out = copy(all, count);
    pcap_freealldevs(all);
    if (*out == NULL) {
        return spk_no_memory(error);
    }
    return SPK_OK;
}

void spk_device_list_free(struct spk_device *devices)
{
    spk_free(devices);
}
