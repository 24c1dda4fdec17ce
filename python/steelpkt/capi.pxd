# The C interface of libsteelpkt, for Cython: from steelpkt.capi cimport spk_decode, spk_packet
#
# Made by tools/pxd.py from the public headers, which say what everything means; not to be edited. A module that uses it is
# compiled and linked with what pkg-config says of steelpkt.
from libc.stddef cimport ptrdiff_t
from libc.stdint cimport (int8_t, int16_t, int32_t, int64_t, intptr_t, uint8_t, uint16_t, uint32_t, uint64_t, uintptr_t)

cdef extern from "<steelpkt.h>" nogil:
    enum spk_status:
        SPK_OK
        SPK_END
        SPK_IDLE
        SPK_GAP
        SPK_ERR_USAGE
        SPK_ERR_DAMAGED
        SPK_ERR_CUT
        SPK_ERR_IO
        SPK_ERR_MEMORY
        SPK_ERR_LIMIT
        SPK_ERR_UNSUPPORTED
    struct spk_error:
        spk_status code
        const char *who
        const char *what
        const char *hint
        uint64_t at
        uint64_t packet
        uint64_t need
        uint64_t have
        uint64_t skipped
        int sys_errno
        bint has_at
    size_t spk_error_text(const spk_error *error, char *text, size_t size)
    const char *spk_version()
    enum: SPK_ROWS_MAX
    enum: SPK_DEPTH_MAX
    enum: SPK_LAYERS_MAX
    enum: SPK_MADE_MAX
    enum spk_kind:
        SPK_PAD
        SPK_UINT
        SPK_INT
        SPK_BOOL
        SPK_IP4
        SPK_IP6
        SPK_MAC
        SPK_BYTES
        SPK_TEXT
        SPK_NONE
        SPK_TIME
        SPK_DELTA
        SPK_GROUP
        SPK_CHOICE
    enum spk_many:
        SPK_ONE
        SPK_COUNT
        SPK_FILL
        SPK_UNTIL
    enum spk_base:
        SPK_DEC
        SPK_HEX
        SPK_DATE
    enum:
        SPK_LITTLE
        SPK_ZERO_IS_REST
        SPK_ZERO_IS_NONE
        SPK_OWN_NAME
        SPK_TUTORIAL
        SPK_LIST
        SPK_WHOLE_ELEMENT
        SPK_REST_IS_SHOWN
        SPK_MAY_BE_EMPTY
        SPK_ONLY_READ
        SPK_NEEDS_ALL
        SPK_RUNS_ON
        SPK_PLAIN_ALONE
        SPK_CUT_OFF
    struct spk_ref:
        int16_t row
        int16_t mul
        int32_t add
    enum spk_test:
        SPK_ALWAYS
        SPK_EQ
        SPK_NE
        SPK_GE
        SPK_LE
        SPK_ABSENT
        SPK_ROOM
    struct spk_when:
        uint8_t test
        int16_t row
        uint32_t mask
        uint32_t value
    struct spk_enum:
        uint64_t value
        const char *name
    struct spk_value:
        uint8_t kind
        uint32_t len
        uint64_t u
        const uint8_t *data
    struct spk_scratch:
        uint8_t bytes[1280]
    struct spk_packet
    struct spk_place:
        const spk_packet *packet
        unsigned layer
        uint32_t at
        uint32_t end
        const void *group
        uint32_t index
        spk_scratch *scratch
    uint64_t spk_place_uint(const spk_place *place, int row)
    uint32_t spk_place_at(const spk_place *place, int row)
    struct spk_written:
        const uint8_t *message
        uint32_t len
        const uint32_t *places
        uint32_t count
    struct spk_codec:
        int32_t (*measure)(const spk_place *place)
        bint (*get)(const spk_place *place, spk_value *value)
        bint (*spell)(const spk_place *place, spk_value *value)
        int32_t (*put)(const spk_value *text, const spk_written *before, uint8_t *out, uint32_t size)
        bint pointed_at
        int32_t (*made)(const spk_place *place)
        bint rest
    enum spk_view_op:
        SPK_NOT_A_VIEW
        SPK_VIEW_SPAN
        SPK_VIEW_EITHER
        SPK_VIEW_SCALE
        SPK_VIEW_CALL
    enum spk_shows:
        SPK_SHOWS_OTHER
        SPK_SHOWS_TIME
        SPK_SHOWS_LEN
        SPK_SHOWS_CAP_LEN
    struct spk_view:
        uint8_t op
        uint8_t shows
        bint alone
        int16_t a
        int16_t b
        int32_t mul
        int32_t add
        bint (*get)(const spk_place *place, spk_value *value)
        uint32_t (*numbers)(const spk_place *place, uint32_t count, uint64_t *numbers)
    struct spk_group
    struct spk_case:
        uint32_t key
        uint32_t last
        const spk_group *in_ "in"
    struct spk_row:
        const char *name
        const char *also
        const char *attr
        const char *doc
        uint8_t kind
        uint8_t many
        uint8_t most
        uint8_t base
        uint8_t digits
        uint16_t flags
        uint16_t bits
        spk_ref size
        spk_ref n
        spk_when when[2]
        const spk_group *in_ "in"
        int16_t key
        const spk_case *cases
        const spk_codec *codec
        spk_view view
        uint64_t init
        const spk_enum *names
    struct spk_group:
        const char *name
        const spk_row *rows
        uint16_t count
    struct spk_sit:
        const char *space
        uint32_t key
    enum spk_pick:
        SPK_PICK_ROW
        SPK_PICK_LOWER
        SPK_PICK_NIBBLE
        SPK_PICK_KEY
        SPK_PICK_HEAD
    struct spk_next:
        const char *space
        const char *via
        uint8_t pick
        int16_t keys[2]
        spk_when when[2]
    enum spk_covers:
        SPK_COVERS_NOTHING
        SPK_COVERS_HEADER
        SPK_COVERS_ALL
        SPK_COVERS_PSEUDO
        SPK_COVERS_PSEUDO6
    enum spk_extent:
        SPK_EXTENT_ROWS
        SPK_EXTENT_REF
        SPK_EXTENT_REST
    enum:
        SPK_QUIET
        SPK_REPEATS
        SPK_RECORD
        SPK_RAW
        SPK_NO_PAYLOAD
        SPK_WHOLE
        SPK_QUOTES
        SPK_WITH_PAYLOAD
    struct spk_proto:
        const char *name
        const char *pyclass
        const char *title
        const char *spec
        const char *shows
        const char *(*holds)(const spk_packet *packet, unsigned layer, unsigned nth)
        uint32_t (*tail_at)(const spk_packet *packet, unsigned layer, uint32_t end)
        const char *tail
        spk_group hdr
        uint8_t extent
        spk_ref hlen
        spk_ref len
        spk_when len_when
        int16_t csum
        uint8_t covers
        int16_t src
        int16_t dst
        spk_when piece
        uint16_t min
        uint16_t flags
        const spk_next *next
        const spk_sit *sits
    struct spk_registry
    const spk_registry *spk_registry_default()
    spk_status spk_registry_new(const spk_registry *base, const spk_proto *const *protos, size_t count, spk_registry **out, spk_error *error)
    void spk_registry_free(spk_registry *registry)
    struct spk_link:
        const char *space
        uint32_t first
        uint32_t last
        const spk_proto *proto
    spk_status spk_registry_relink(const spk_registry *base, const spk_link *links, size_t count, spk_registry **out, spk_error *error)
    spk_status spk_link_parse(const spk_registry *registry, const char *text, spk_link *link, spk_error *error)
    const char *spk_registry_space(const spk_registry *registry, size_t index)
    size_t spk_registry_proto_count(const spk_registry *registry)
    const spk_proto *spk_registry_proto(const spk_registry *registry, size_t index)
    const spk_proto *spk_registry_find(const spk_registry *registry, const char *name)
    const spk_proto *spk_registry_at(const spk_registry *registry, const char *space, uint32_t key)
    struct spk_field:
        const char *name
        const spk_row *row
        const spk_proto *proto
        uint8_t kind
        bint list
        uint32_t index
    size_t spk_registry_field_count(const spk_registry *registry)
    const spk_field *spk_registry_field(const spk_registry *registry, size_t index)
    const spk_field *spk_field_find(const spk_registry *registry, const char *name)
    const char *spk_field_nearest(const spk_registry *registry, const char *name)
    size_t spk_value_text(const spk_row *row, const spk_value *value, char *text, size_t size)
    spk_status spk_value_parse(const spk_row *row, const char *text, spk_scratch *scratch, spk_value *value, spk_error *error)
    enum spk_link_type:
        SPK_LINK_NULL
        SPK_LINK_ETHERNET
        SPK_LINK_RAW
        SPK_LINK_LOOP
        SPK_LINK_LINUX_SLL
        SPK_LINK_IPV4
        SPK_LINK_IPV6
        SPK_LINK_LINUX_SLL2
    enum: SPK_RECORD_MAX
    enum: SPK_RECORD_MAX_LARGE
    enum: SPK_LINK_LAST
    enum spk_warning:
        SPK_WARN_CAPLEN_OVER_LEN
        SPK_WARN_OVER_SNAPLEN
        SPK_WARN_TIME_FRACTION
        SPK_WARN_TIME_RANGE
        SPK_WARN_LINK_UNKNOWN
        SPK_WARN_OPTIONS
        SPK_WARN_INTERFACE_OPTION
        SPK_WARN_NAMES
        SPK_WARN_STATISTICS
        SPK_WARN_SECRETS
        SPK_WARN_INTERFACE_TEXT
        SPK_WARN_CUT
    struct spk_record:
        const uint8_t *data
        uint32_t caplen
        uint32_t len
        int64_t time_ns
        uint64_t number
        uint64_t offset
        uint32_t interface
        uint32_t section
        uint16_t link
        uint8_t fcs_len
        bint has_time
        bint has_section
        uint32_t warnings
        const uint8_t *options
        uint32_t options_len
        bint swapped
    struct spk_reader
    spk_status spk_reader_open(const char *path, spk_reader **out, spk_error *error)
    spk_status spk_reader_open_fd(int fd, const char *name, spk_reader **out, spk_error *error)
    spk_status spk_reader_open_memory(const void *bytes, size_t size, const char *name, spk_reader **out, spk_error *error)
    ctypedef ptrdiff_t (*spk_read_fn)(void *context, void *to, size_t size)
    struct spk_reader_options:
        const char *path
        const void *bytes
        size_t size
        int fd
        bint use_fd
        spk_read_fn read
        void *context
        bint large_window
        bint has_link
        uint16_t link
        bint salvage
        bint ahead
        const char *name
    spk_status spk_reader_open_with(const spk_reader_options *options, spk_reader **out, spk_error *error)
    spk_status spk_reader_next(spk_reader *reader, spk_record *record, spk_error *error)
    size_t spk_reader_more(spk_reader *reader, spk_record *records, size_t room)
    void spk_reader_close(spk_reader *reader)
    enum spk_block_type:
        SPK_BLOCK_INTERFACE
        SPK_BLOCK_PACKET_OBSOLETE
        SPK_BLOCK_PACKET_SIMPLE
        SPK_BLOCK_NAMES
        SPK_BLOCK_STATISTICS
        SPK_BLOCK_PACKET
        SPK_BLOCK_SECRETS
        SPK_BLOCK_CUSTOM
        SPK_BLOCK_CUSTOM_NOCOPY
        SPK_BLOCK_SECTION
    bint spk_link_type_find(const char *name, uint16_t *link)
    struct spk_block:
        const uint8_t *bytes
        uint32_t size
        uint32_t type
        uint64_t offset
        uint32_t section
        bint swapped
        bint is_packet
    spk_status spk_reader_next_block(spk_reader *reader, spk_block *block, spk_record *record, spk_error *error)
    struct spk_option:
        uint16_t code
        uint16_t length
        const uint8_t *value
    enum: SPK_OPTION_COMMENT
    bint spk_option_next(const uint8_t *options, size_t size, bint swapped, size_t *at, spk_option *option)
    bint spk_block_options(const spk_block *block, const uint8_t **options, size_t *size)
    bint spk_record_comment(const spk_record *record, size_t *at, const char **text, size_t *length)
    struct spk_event:
        uint32_t warning
        const char *what
        uint64_t at
        uint64_t packets
    size_t spk_reader_events(const spk_reader *reader, spk_event *events, size_t room)
    enum spk_format:
        SPK_FORMAT_PCAP
        SPK_FORMAT_PCAPNG
        SPK_FORMAT_PCAP_MODIFIED
    enum spk_compression:
        SPK_COMPRESSION_NONE
        SPK_COMPRESSION_GZIP
        SPK_COMPRESSION_ZSTD
        SPK_COMPRESSION_LZ4
    struct spk_reader_info_t "spk_reader_info":
        spk_format format
        spk_compression compression
        bint big_endian
        uint16_t version_major
        uint16_t version_minor
        uint32_t sections
        uint32_t interfaces
        uint64_t interfaces_total
        uint64_t packets
        uint64_t offset
        uint64_t events
        uint64_t gaps
        uint64_t skipped
        uint32_t warnings
    void spk_reader_info(const spk_reader *reader, spk_reader_info_t *info)
    struct spk_interface:
        uint16_t link
        uint8_t fcs_len
        uint8_t resolution
        uint32_t snaplen
        int64_t offset_s
        const char *name
        size_t name_len
        const uint8_t *options
        size_t options_len
        bint swapped
    bint spk_reader_interface(const spk_reader *reader, uint32_t index, spk_interface *out)
    bint spk_reader_divides(const spk_reader *reader, uint64_t *size)
    spk_status spk_reader_fork(const spk_reader *reader, uint64_t offset, spk_reader **out, spk_error *error)
    void spk_reader_until(spk_reader *reader, uint64_t offset)
    spk_status spk_reader_guess(const spk_reader *reader, uint64_t from_, uint64_t *offset)
    struct spk_splits:
        uint64_t *begins
        size_t count
        uint64_t size
        uint64_t *tells
        size_t tell_count
    struct spk_part:
        uint64_t begin
        uint64_t end
        const uint64_t *tells
        size_t tell_count
    spk_status spk_splits_find(const char *path, uint64_t size, spk_splits *out, spk_error *error)
    void spk_splits_free(spk_splits *splits)
    struct spk_writer_options:
        spk_format format
        spk_compression compression
        int level
        uint32_t threads
        bint nanoseconds
        bint microseconds
        bint has_link
        uint16_t link
        uint32_t snaplen
        uint32_t said_snaplen
        const char *application
    void spk_writer_options_from_name(const char *name, spk_writer_options *options)
    struct spk_writer
    spk_status spk_writer_open(const char *path, const spk_writer_options *options, spk_writer **out, spk_error *error)
    spk_status spk_writer_open_fd(int fd, const char *name, const spk_writer_options *options, spk_writer **out, spk_error *error)
    ctypedef ptrdiff_t (*spk_write_fn)(void *context, const void *from_, size_t size)
    spk_status spk_writer_open_function(spk_write_fn write, void *context, const char *name, const spk_writer_options *options, spk_writer **out, spk_error *error)
    spk_status spk_writer_write(spk_writer *writer, const spk_record *record, spk_error *error)
    spk_status spk_writer_write_block(spk_writer *writer, const spk_block *block, spk_error *error)
    spk_status spk_writer_write_edited(spk_writer *writer, const spk_block *block, const spk_record *record, spk_error *error)
    spk_status spk_writer_flush(spk_writer *writer, spk_error *error)
    uint64_t spk_writer_safe(const spk_writer *writer)
    spk_status spk_writer_close(spk_writer *writer, uint64_t *safe, spk_error *error)
    bint spk_option_put(uint8_t *to, size_t size, size_t *used, uint16_t code, const void *value, uint16_t length)
    struct spk_bpf
    enum: SPK_BPF_MESSAGE
    spk_status spk_bpf_compile(uint16_t link, uint32_t snaplen, const char *expression, char *message, spk_bpf **out, spk_error *error)
    bint spk_bpf_match(const spk_bpf *bpf, const spk_record *record)
    void spk_bpf_free(spk_bpf *bpf)
    struct spk_bpf_set
    spk_status spk_bpf_set_new(const char *expression, bint taken, spk_bpf_set **out)
    spk_status spk_bpf_set_prepare(spk_bpf_set *set, uint16_t link, bint *refused, spk_error *error)
    bint spk_bpf_set_keep(const void *set, const spk_record *record)
    void spk_bpf_set_free(spk_bpf_set *set)
    enum:
        SPK_DEVICE_LOOPBACK
        SPK_DEVICE_UP
        SPK_DEVICE_RUNNING
    struct spk_device:
        const char *name
        const char *doc
        uint32_t flags
        bint has_ip4
        uint32_t ip4
        uint32_t netmask
    spk_status spk_device_list(char *message, spk_device **out, size_t *count, spk_error *error)
    void spk_device_list_free(spk_device *devices)
    struct spk_live_options:
        const char *device
        uint32_t snaplen
        bint promiscuous
        int32_t wait_ms
        uint32_t hold_ms
        uint32_t buffer
        const char *filter
    struct spk_live
    spk_status spk_live_open(const spk_live_options *options, char *message, spk_live **out, spk_error *error)
    spk_status spk_live_next(spk_live *live, spk_record *record, spk_error *error)
    void spk_live_stop(spk_live *live)
    void spk_live_set_wait(spk_live *live, int32_t wait_ms)
    spk_status spk_live_filter(spk_live *live, const char *expression, spk_error *error)
    spk_status spk_live_send(spk_live *live, const void *data, size_t size, spk_error *error)
    struct spk_live_counts_t "spk_live_counts":
        uint64_t delivered
        uint64_t received
        uint64_t dropped
        uint64_t dropped_by_interface
    spk_status spk_live_counts(spk_live *live, spk_live_counts_t *counts, spk_error *error)
    struct spk_live_info_t "spk_live_info":
        uint16_t link
        uint32_t snaplen
        bint nanoseconds
    void spk_live_info(const spk_live *live, spk_live_info_t *info)
    void spk_live_close(spk_live *live)
    struct spk_layer:
        uint16_t proto
        uint8_t next
        uint8_t flags
        uint32_t at
        uint32_t hdr_len
        uint32_t end
    enum:
        SPK_LAYER_SHORT
    enum spk_stop_reason:
        SPK_STOP_NOT
        SPK_STOP_TRUNCATED
        SPK_STOP_MALFORMED
        SPK_STOP_TOO_DEEP
        SPK_STOP_TOO_MUCH
    struct spk_stop:
        uint8_t reason
        uint16_t proto
        uint32_t at
        uint32_t need
        uint32_t have
        const char *row
    struct spk_frame:
        int64_t time_ns
        int64_t first_ns
        int64_t previous_ns
        int64_t displayed_ns
        uint64_t number
        uint16_t link
        uint32_t interface
        uint32_t section
        bint has_time
        bint has_first
        bint has_previous
        bint has_displayed
        bint has_section
    struct spk_packet:
        const spk_registry *registry
        const uint8_t *data
        uint32_t caplen
        uint32_t len
        const spk_frame *frame
        uint16_t count
        uint8_t fcs_len
        spk_stop stop
        spk_layer layers[SPK_LAYERS_MAX]
    void spk_decode(const spk_registry *registry, uint16_t link, const uint8_t *data, uint32_t caplen, uint32_t len, spk_packet *packet)
    void spk_decode_record(const spk_registry *registry, const spk_record *record, spk_packet *packet)
    void spk_decode_as(const spk_registry *registry, const spk_proto *proto, const uint8_t *data, uint32_t caplen, uint32_t len, spk_packet *packet)
    struct spk_reach
    spk_status spk_reach_new(const spk_registry *registry, const bint *wanted, spk_reach **out, spk_error *error)
    spk_status spk_reach_own(const spk_registry *registry, const bint *wanted, spk_reach **out, spk_error *error)
    void spk_reach_free(spk_reach *reach)
    void spk_field_wants(const spk_registry *registry, const spk_field *field, bint *wanted)
    void spk_decode_reach(const spk_reach *reach, const spk_record *record, spk_packet *packet)
    int spk_decode_layer(const spk_registry *registry, uint16_t proto, const uint8_t *data, uint32_t caplen, uint32_t len, spk_layer *layer)
    const spk_proto *spk_layer_proto(const spk_packet *packet, unsigned layer)
    int spk_layer_find(const spk_packet *packet, const spk_proto *proto, unsigned nth)
    bint spk_packet_check(const spk_packet *packet, spk_stop *stop)
    bint spk_packet_uint(const spk_packet *packet, const spk_field *field, uint64_t *number)
    bint spk_packet_value(const spk_packet *packet, const spk_field *field, spk_scratch *scratch, spk_value *value)
    struct spk_spot:
        uint16_t proto
        uint16_t byte
        uint16_t end
        uint8_t shift
        bint number
        uint32_t mask
    bint spk_field_spot(const spk_registry *registry, const spk_field *field, spk_spot *spot)
    const uint8_t *spk_spot_header(const spk_packet *packet, unsigned layer, const spk_spot *spot)
    uint32_t spk_spot_load(const spk_spot *spot, const uint8_t *header)
    void spk_spot_store(const spk_spot *spot, uint8_t *header, uint32_t number)
    struct spk_stencils
    struct spk_stencil:
        const uint16_t *at
        const spk_stencil *outer
        spk_layer layer
        uint16_t index
    enum:
        SPK_NOT_THERE
    spk_status spk_stencils_new(const spk_reach *reach, const spk_spot *spots, size_t count, spk_stencils **out, spk_error *error)
    void spk_stencils_free(spk_stencils *set)
    size_t spk_stencils_count(const spk_stencils *set)
    const spk_stencil *spk_stencils_get(const spk_stencils *set, size_t index)
    const spk_stencil *spk_decode_stencil(const spk_stencils *set, const spk_record *record, spk_packet *packet)
    size_t spk_decode_stencils(const spk_stencils *set, const spk_record *records, size_t count, uint16_t *indexes, spk_packet *packet)
    bint spk_packet_text(const spk_packet *packet, const spk_field *field, char *text, size_t size)
    enum spk_walk_event:
        SPK_EVENT_END
        SPK_EVENT_LAYER
        SPK_EVENT_VALUE
        SPK_EVENT_ENTER
        SPK_EVENT_LEAVE
        SPK_EVENT_RAW
    struct spk_walk_level:
        const void *group
        uint16_t row
        uint16_t broken
        uint16_t rows
        uint16_t until
        uint32_t index
        uint32_t count
        uint32_t start
        uint32_t pos
        uint32_t end
        uint32_t repeat_end
        bint own
        bint repeating
        uint64_t there
        const void *decision
        uint64_t starts
        const void *stretches
        uint32_t bits[SPK_ROWS_MAX]
    enum:
        SPK_WALK_TAKEN_MAX
        SPK_WALK_ASKED_MAX
    struct spk_walk_taken:
        const void *stretch
        const void *crow
        uint32_t at
        uint32_t elements
        uint32_t step
        uint32_t bit
        uint32_t width
        uint32_t shift
        uint16_t depth
        bint moves
    struct spk_walk_asked:
        uint32_t bit
        uint32_t width
        uint32_t from_ "from"
        uint32_t span
    struct spk_walk:
        const spk_packet *packet
        unsigned layer
        unsigned depth
        const spk_row *row
        const spk_group *in_ "in"
        uint32_t field
        uint32_t at
        uint32_t len
        uint32_t bit
        uint32_t width
        uint32_t index
        spk_stop stop
        const uint8_t *want
        unsigned last_layer
        uint32_t covered
        uint32_t made
        uint8_t phase
        uint8_t second
        uint8_t reading
        const void *stretches
        uint32_t taken_count
        uint32_t taken_put
        spk_walk_taken taken[SPK_WALK_TAKEN_MAX]
        unsigned element
        uint32_t element_taken
        uint32_t element_made
        unsigned called
        uint32_t asked_count
        spk_walk_asked asked[SPK_WALK_ASKED_MAX]
        void *known
        const void *known_row
        spk_walk_level levels[SPK_DEPTH_MAX]
    void spk_walk_begin(spk_walk *walk, const spk_packet *packet)
    spk_walk_event spk_walk_next(spk_walk *walk)
    bint spk_walk_value(const spk_walk *walk, spk_scratch *scratch, spk_value *value)
    bint spk_walk_spelling(const spk_walk *walk, spk_scratch *scratch, spk_value *value)
    struct spk_occurrences:
        spk_walk walk
        const spk_field *field
    void spk_occurrences_begin(spk_occurrences *occurrences, const spk_packet *packet, const spk_field *field)
    bint spk_occurrences_next(spk_occurrences *occurrences, spk_scratch *scratch, spk_value *value)
    enum:
        SPK_FIX_LENGTHS
        SPK_FIX_CHECKSUMS
    spk_status spk_packet_set(const spk_packet *packet, uint8_t *data, const spk_field *field, const spk_value *value, spk_error *error)
    spk_status spk_packet_set_text(const spk_packet *packet, uint8_t *data, const spk_field *field, const char *text, spk_error *error)
    void spk_packet_fix(const spk_packet *packet, uint8_t *data, unsigned flags)
    struct spk_series
    spk_status spk_series_new(const spk_packet *packet, unsigned flags, spk_series **out, spk_error *error)
    void spk_series_fix(const spk_series *series, uint8_t *data)
    void spk_series_free(spk_series *series)
    enum spk_csum_state:
        SPK_CSUM_BAD
        SPK_CSUM_GOOD
        SPK_CSUM_UNVERIFIED
        SPK_CSUM_ABSENT
    spk_csum_state spk_layer_checksum(const spk_packet *packet, unsigned layer)
    bint spk_flow_hash(const spk_packet *packet, uint64_t *hash)
    struct spk_build
    spk_status spk_build_new(const spk_registry *registry, spk_build **out)
    void spk_build_free(spk_build *build)
    void spk_build_reset(spk_build *build)
    void spk_build_compress(spk_build *build, bint compress)
    spk_status spk_build_layer(spk_build *build, const spk_proto *proto)
    uint8_t *spk_build_header(spk_build *build, const spk_proto *proto)
    spk_status spk_build_set(spk_build *build, const spk_field *field, const spk_value *value)
    spk_status spk_build_set_uint(spk_build *build, const spk_field *field, uint64_t number)
    spk_status spk_build_set_text(spk_build *build, const spk_field *field, const char *text)
    spk_status spk_build_set_attr(spk_build *build, const char *attr, const spk_value *value)
    spk_status spk_build_enter(spk_build *build, const spk_field *field)
    spk_status spk_build_leave(spk_build *build)
    spk_status spk_build_raw(spk_build *build, const uint8_t *data, size_t len)
    spk_status spk_build_finish(spk_build *build, unsigned flags, const uint8_t **data, uint32_t *len, spk_error *error)
    spk_status spk_build_event(spk_build *build, const spk_walk *walk, spk_walk_event event)
    spk_status spk_build_line(spk_build *build, const char *line, spk_error *error)
    enum: SPK_PLUGIN_ABI
    struct spk_plugin:
        uint32_t abi
        uint16_t proto_size
        uint16_t row_size
        uint16_t packet_size
        uint16_t place_size
        const spk_proto *const *protos
    struct spk_plugins
    spk_status spk_plugins_new(const spk_registry *base, spk_plugins **out)
    void spk_plugins_free(spk_plugins *plugins)
    spk_status spk_plugins_load(spk_plugins *plugins, const char *path, spk_error *error)
    spk_status spk_plugins_load_path(spk_plugins *plugins, const char *list, spk_error *error)
    spk_status spk_plugins_add(spk_plugins *plugins, const char *origin, const spk_proto *const *protos, spk_error *error)
    const spk_registry *spk_plugins_registry(const spk_plugins *plugins)
    void spk_plugins_take_back(spk_plugins *plugins, const spk_registry *registry)
    const char *spk_plugins_origin(const spk_plugins *plugins, const spk_proto *proto)
    struct spk_filter
    struct spk_matcher
    enum: SPK_FILTER_TEXT_MAX
    enum: SPK_FILTER_DEPTH_MAX
    enum: SPK_FILTER_RANGES_MAX
    enum: SPK_FILTER_VALUES_MAX
    enum: SPK_FILTER_BYTES_MAX
    struct spk_filter_fault:
        uint32_t at
        uint32_t len
        char detail[128]
    spk_status spk_filter_new(const spk_registry *registry, const char *text, spk_filter **out, spk_filter_fault *fault, spk_error *error)
    void spk_filter_free(spk_filter *filter)
    const char *spk_filter_text(const spk_filter *filter)
    const bint *spk_filter_needs(const spk_filter *filter)
    spk_status spk_matcher_new(const spk_filter *filter, spk_matcher **out)
    void spk_matcher_free(spk_matcher *matcher)
    spk_status spk_matcher_match(spk_matcher *matcher, const spk_packet *packet, bint *matches)
    struct spk_filter_word_t "spk_filter_word":
        const char *text
        const char *doc
    struct spk_filter_function_t "spk_filter_function":
        const char *name
        const char *arguments
        const char *doc
        uint8_t least
        uint8_t most
    const spk_filter_word_t *spk_filter_word(size_t index)
    const spk_filter_function_t *spk_filter_function(size_t index)
    enum spk_occurrence:
        SPK_OCCURRENCE_AUTO
        SPK_OCCURRENCE_ALL
        SPK_OCCURRENCE_FIRST
        SPK_OCCURRENCE_LAST
    ctypedef bint (*spk_keep_fn)(const void *context, const spk_record *record)
    struct spk_query_options:
        const spk_registry *registry
        uint8_t occurrence
        bint has_start
        bint has_end
        int64_t start_ns
        int64_t end_ns
        uint64_t read_max
        uint64_t row_max
        spk_keep_fn keep
        const void *keep_context
        const spk_filter *filter
        bint decode
        bint tutorial
    struct spk_column:
        const char *name
        const spk_field *field
        const spk_row *row
        uint8_t kind
        bint list
    struct spk_query
    spk_status spk_query_new(const char *const *names, size_t count, const spk_query_options *options, spk_query **out, spk_error *error)
    void spk_query_free(spk_query *query)
    bint spk_query_runs_on(const spk_query *query)
    size_t spk_query_column_count(const spk_query *query)
    const spk_column *spk_query_column(const spk_query *query, size_t index)
    const spk_row *spk_query_own_row(size_t index)
    struct spk_item:
        const spk_row *row
        spk_value value
        uint32_t layer
    struct spk_cell:
        spk_item *items
        uint32_t count
        uint32_t room
    struct spk_cells:
        const spk_cell *cells
        size_t count
        uint64_t number
        const spk_record *record
        const spk_packet *packet
    ctypedef spk_status (*spk_next_fn)(void *context, spk_record *record, spk_error *error)
    struct spk_scan_counts_t "spk_scan_counts":
        uint64_t read
        uint64_t rows
        uint64_t warnings[32]
    struct spk_scan
    spk_status spk_scan_new(const spk_query *query, spk_scan **out, spk_error *error)
    void spk_scan_free(spk_scan *scan)
    void spk_scan_source(spk_scan *scan, const char *name, spk_next_fn next, void *context)
    spk_status spk_scan_next(spk_scan *scan, const spk_cells **cells, spk_error *error)
    bint spk_scan_done(const spk_scan *scan)
    const spk_scan_counts_t *spk_scan_counts(const spk_scan *scan)
    struct spk_pass_options:
        uint32_t threads
        uint32_t part_size
        const char *bpf
        bint has_link
        uint16_t link
        const spk_part *part
        bint (*tick)(void *context, uint64_t read)
        void (*note)(void *context, uint32_t warning, const spk_error *note)
        void *context
    enum: ARROW_FLAG_DICTIONARY_ORDERED
    enum: ARROW_FLAG_NULLABLE
    enum: ARROW_FLAG_MAP_KEYS_SORTED
    struct ArrowSchema:
        const char *format
        const char *name
        const char *metadata
        int64_t flags
        int64_t n_children
        ArrowSchema **children
        ArrowSchema *dictionary
        void (*release)(ArrowSchema *)
        void *private_data
    struct ArrowArray:
        int64_t length
        int64_t null_count
        int64_t offset
        int64_t n_buffers
        int64_t n_children
        const void **buffers
        ArrowArray **children
        ArrowArray *dictionary
        void (*release)(ArrowArray *)
        void *private_data
    struct ArrowArrayStream:
        int (*get_schema)(ArrowArrayStream *, ArrowSchema *out)
        int (*get_next)(ArrowArrayStream *, ArrowArray *out)
        const char *(*get_last_error)(ArrowArrayStream *)
        void (*release)(ArrowArrayStream *)
        void *private_data
    struct spk_columns_options:
        bint underscores
        bint dictionary
        uint32_t batch_rows
        uint32_t threads
        uint32_t part_size
        const char *bpf
        bint has_link
        uint16_t link
        const spk_part *part
        bint (*tick)(void *context, uint64_t read)
        void *tick_context
    spk_status spk_columns_schema(const spk_query *query, const spk_columns_options *options, ArrowSchema *out, spk_error *error)
    spk_status spk_columns_open(const spk_query *query, const spk_columns_options *options, const char *const *paths, size_t path_count, ArrowArrayStream *out, spk_error *error)
    const spk_error *spk_columns_error(const ArrowArrayStream *stream)
    const spk_scan_counts_t *spk_columns_counts(const ArrowArrayStream *stream)
    struct spk_out
    spk_status spk_out_new(spk_out **out)
    void spk_out_free(spk_out *out)
    const char *spk_out_data(const spk_out *out, size_t *len)
    void spk_out_clear(spk_out *out)
    spk_status spk_out_put(spk_out *out, const char *text, size_t len)
    spk_status spk_out_put_safe(spk_out *out, const char *text, size_t len)
    spk_status spk_out_put_value(spk_out *out, const spk_row *row, const spk_value *value)
    enum spk_sink_format:
        SPK_SINK_TSV
        SPK_SINK_CSV
        SPK_SINK_JSON
        SPK_SINK_TABLE
    enum: SPK_TABLE_ROWS
    struct spk_sink_options:
        uint8_t format
        bint header
        bint safe
        char separator
        char joiner
        char quote
        bint plain_text
        bint colour
        uint32_t width
    struct spk_sink
    spk_status spk_sink_new(const spk_query *query, const spk_sink_options *options, spk_out *out, spk_sink **sink, spk_error *error)
    void spk_sink_free(spk_sink *sink)
    spk_status spk_sink_row(spk_sink *sink, const spk_cells *cells)
    spk_status spk_sink_flush(spk_sink *sink)
    struct spk_lines
    spk_status spk_lines_new(const spk_query *query, const spk_pass_options *options, const char *const *paths, size_t path_count, spk_sink *sink, spk_lines **out, spk_error *error)
    void spk_lines_free(spk_lines *lines)
    spk_status spk_lines_next(spk_lines *lines, spk_error *error)
    const spk_scan_counts_t *spk_lines_counts(const spk_lines *lines)
    uint64_t spk_lines_bytes(const spk_lines *lines)
    enum spk_aggregate_op:
        SPK_AGGREGATE_COUNT
        SPK_AGGREGATE_SUM
        SPK_AGGREGATE_MIN
        SPK_AGGREGATE_MAX
        SPK_AGGREGATE_DISTINCT
    struct spk_aggregate:
        uint8_t op
        uint32_t column
    struct spk_groups_options:
        size_t keys
        const spk_aggregate *aggregates
        size_t count
        uint64_t top
        size_t memory
    struct spk_groups
    spk_status spk_groups_new(const spk_query *query, const spk_groups_options *options, spk_groups **out, spk_error *error)
    void spk_groups_free(spk_groups *groups)
    spk_status spk_groups_row(spk_groups *groups, const spk_cells *cells)
    enum: SPK_GROUPS_MESSAGE
    spk_status spk_groups_read(spk_groups *groups, const spk_pass_options *options, const char *const *paths, size_t path_count, spk_scan_counts_t *counts, char *message, spk_error *error)
    uint64_t spk_groups_bytes(const spk_groups *groups)
    const spk_query *spk_groups_query(const spk_groups *groups)
    spk_status spk_groups_next(spk_groups *groups, const spk_cells **cells)
    spk_status spk_groups_array(spk_groups *groups, const spk_columns_options *options, ArrowArray *out, spk_error *error)
    uint64_t spk_groups_left_out(const spk_groups *groups)
    uint64_t spk_groups_wide(const spk_groups *groups)
    struct spk_json:
        spk_out *out
        uint64_t filled
        uint64_t object
        uint8_t depth
        bint named
        bint failed
    void spk_json_object(spk_json *json)
    void spk_json_list(spk_json *json)
    void spk_json_end(spk_json *json)
    void spk_json_name(spk_json *json, const char *name)
    void spk_json_text(spk_json *json, const char *text)
    void spk_json_bytes(spk_json *json, const char *text, size_t len)
    void spk_json_uint(spk_json *json, uint64_t number)
    void spk_json_bool(spk_json *json, bint yes)
    void spk_json_null(spk_json *json)
    void spk_json_value(spk_json *json, const spk_row *row, const spk_value *value)
    struct spk_tree_options:
        bint safe
        bint colour
        bint hex
        uint32_t width
        const spk_field *const *marks
        size_t mark_count
    spk_status spk_tree_text(const spk_packet *packet, const spk_tree_options *options, spk_out *out)
    void spk_tree_json(const spk_packet *packet, spk_json *json)
    spk_status spk_time_parse(const char *text, bint up, int64_t *ns, spk_error *error)
