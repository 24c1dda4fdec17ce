"""What a station's sensors say, as rows in Python: the same protocol as examples/sensor/sensor.c."""
# [rows]
from steelpkt.rows import Bool, Checksum, Group, Int, Length, List, Pad, Protocol, Text, UInt


class SensorReading(Group, name="sensor.reading"):
    channel = UInt(8, "What was measured: 1 temperature, 2 humidity, 3 wind.",
                   names={1: "temperature", 2: "humidity", 3: "wind"})
    value = Int(16, "What it came to, in tenths of a degree Celsius, of a percent, of a metre per second.")


class Sensor(Protocol, name="sensor", title="Sensor Readings", spec="this file",
             sits={"udp.port": 4243, "ethertype": 0x88B6}):
    version = UInt(4, "Version of the protocol: 1.", init=1)
    alarm = Bool("A reading is out of its bounds.")
    has_height = Bool("The height is there.")
    _ = Pad(2)
    count = UInt(8, "How many readings there are.")
    length = Length(16, "The whole message, in bytes.")
    checksum = Checksum("Internet checksum over the whole message.")
    station = UInt(16, "Number of the station.")
    height = Int(16, "Where the station stands, in metres above the sea.", when=has_height == 1)
    readings = List(SensorReading, "The readings, one after the other.", count=count)
    name_len = UInt(8, "Bytes in the station's name.")
    name = Text("The station's name.", size=name_len)
# [end]
