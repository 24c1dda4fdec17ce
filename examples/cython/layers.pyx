# cython: language_level=3
"""Which protocols a capture holds and in how many packets: the library's C interface, from Cython.

    import layers
    layers.protocols("trace.pcap")      {'eth': 6, 'ip': 6, 'udp': 6, 'dns': 6}
"""
from libc.stdint cimport uint64_t
from libc.string cimport memset

from steelpkt.capi cimport (SPK_END, SPK_OK, spk_decode_record, spk_error, spk_error_text, spk_layer_proto,
                            spk_packet, spk_reader, spk_reader_close, spk_reader_next, spk_reader_open,
                            spk_record, spk_registry_default, spk_registry_proto, spk_registry_proto_count, spk_status)

cdef enum:
    PROTOCOLS_MAX = 512


cdef spk_status count(spk_reader *reader, uint64_t *packets, spk_error *error) noexcept nogil:
    """Counts every layer of every packet, by its protocol's place in the registry. SPK_END at the capture's end."""
    cdef spk_record record
    cdef spk_packet packet
    cdef spk_status status = spk_reader_next(reader, &record, error)
    cdef unsigned layer
    while status == SPK_OK:
        spk_decode_record(spk_registry_default(), &record, &packet)
        for layer in range(packet.count):
            packets[packet.layers[layer].proto] += 1
        status = spk_reader_next(reader, &record, error)
    return status


def protocols(path):
    """A dict from protocol to the number of its layers. ValueError: no capture, or a damaged one."""
    cdef spk_reader *reader = NULL
    cdef spk_error error
    cdef uint64_t packets[PROTOCOLS_MAX]
    cdef char text[512]
    cdef spk_status status
    cdef size_t i
    name = path.encode()
    memset(packets, 0, sizeof(packets))
    if spk_reader_open(name, &reader, &error) == SPK_OK:
        with nogil:
            status = count(reader, packets, &error)
        spk_reader_close(reader)
        if status == SPK_END:
            return {spk_registry_proto(spk_registry_default(), i).name.decode(): packets[i]
                    for i in range(spk_registry_proto_count(spk_registry_default())) if packets[i] > 0}
    spk_error_text(&error, text, sizeof(text))
    raise ValueError(text.decode())
