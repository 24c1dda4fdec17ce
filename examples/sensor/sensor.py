"""What a station's sensors say, as a packet class in pure Python: the sketch of examples/sensor/sensor.c."""
import struct

from steelpkt import PKT

NAMES = (b"sensor.version", b"sensor.alarm", b"sensor.has_height", b"sensor.count", b"sensor.length", b"sensor.checksum",
         b"sensor.station", b"sensor.height", b"sensor.reading.channel", b"sensor.reading.value", b"sensor.name_len",
         b"sensor.name")


def internet_checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


# [class]
class Sensor(PKT):
    """One message. What was cut off stays None."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.pkt_name = b"Sensor"
        self.pq_type, self.query_fields = Sensor.query_info()
        for name in ("version", "alarm", "has_height", "station", "height", "name"):
            setattr(self, name, kwargs.get(name))
        self.count = self.length = self.checksum = self.name_len = None
        self.readings = kwargs.get("readings", [])
        use_buffer, buffer = self.from_buffer(args, kwargs)
        if use_buffer:
            self.decode(buffer.tobytes())

    @classmethod
    def query_info(cls):
        return 4243, NAMES

    @classmethod
    def default_ports(cls):
        return [4243]

    def decode(self, data):
        """As far as the bytes reach."""
        at = 0

        def take(form):
            nonlocal at
            found = struct.unpack_from(form, data, at)
            at += struct.calcsize(form)
            return found[0]

        try:
            first = take(">B")
            self.version, self.alarm, self.has_height = first >> 4, first >> 3 & 1, first >> 2 & 1
            self.count = take(">B")
            self.length = take(">H")
            self.checksum = take(">H")
            self.station = take(">H")
            if self.has_height:
                self.height = take(">h")
            for _ in range(self.count):
                self.readings.append([take(">B")])
                self.readings[-1].append(take(">h"))
            self.name_len = take(">B")
            self.name = take(f"{self.name_len}s").decode("utf-8", "surrogateescape")
        except struct.error:
            pass

    def pkt2net(self, kwargs=None):
        name = (self.name or "").encode()
        body = b"" if self.height is None else struct.pack(">h", self.height)
        body += b"".join(struct.pack(">Bh", *reading) for reading in self.readings) + bytes([len(name)]) + name
        first = (self.version or 1) << 4 | bool(self.alarm) << 3 | (self.height is not None) << 2
        head = struct.pack(">BBHHH", first, len(self.readings), 8 + len(body), 0, self.station or 0)
        return head[:4] + struct.pack(">H", internet_checksum(head + body)) + head[6:] + body

    def get_field_val(self, field):
        word = field.decode().split(".")[-1]
        if word not in ("channel", "value"):
            return getattr(self, word)
        at = ("channel", "value").index(word)
        return [reading[at] for reading in self.readings if len(reading) > at] or None
# [end]
