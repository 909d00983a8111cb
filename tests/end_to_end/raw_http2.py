"""HTTP/2 as no client should speak it: frames by hand, for tests that break off, stall and flood.

    with RawHttp2(port) as raw:
        raw.call(1, "/inference.GRPCInferenceService/ServerLive", b"")
        raw.read_until(lambda: raw.ended >= 1)
"""

import socket
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1


def frame(kind, flags, stream, body=b""):
    return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body


def literal(name, value):
    """A header as HPACK writes it without its tables, for names and values below 127 bytes."""
    name, value = name.encode(), value.encode()
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def request_headers(path):
    pairs = ((":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"), ("te", "trailers"),
             ("content-type", "application/grpc"))
    return b"".join(literal(*pair) for pair in pairs)


def grpc_message(body, declared=None):
    return b"\x00" + struct.pack(">I", len(body) if declared is None else declared) + body


class RawHttp2:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.ended = 0  # streams that the server has ended
        self.gone = False  # the server has closed the connection
        self._buffer = b""
        # Room for every answer that will ever come.
        window = frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 2**31 - 65_536 - 1))
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0) + window)

    def headers(self, stream, path):
        self.socket.sendall(frame(HEADERS, END_HEADERS, stream, request_headers(path)))

    def call(self, stream, path, message):
        self.socket.sendall(call_frames(stream, path, message))

    def read_until(self, done):
        while not done() and not self.gone:
            received = self.socket.recv(1 << 16)
            self.gone = not received
            self._buffer += received
            self._take_frames()

    def _take_frames(self):
        at = 0
        while len(self._buffer) >= at + 9:
            size = int.from_bytes(self._buffer[at:at + 3], "big")
            if len(self._buffer) < at + 9 + size:
                break
            kind, flags = self._buffer[at + 3], self._buffer[at + 4]
            self._on_frame(kind, flags, self._buffer[at + 9:at + 9 + size])
            at += 9 + size
        self._buffer = self._buffer[at:]

    def _on_frame(self, kind, flags, body):
        if (kind in (HEADERS, DATA) and flags & END_STREAM) or kind == RST_STREAM:
            self.ended += 1
        elif kind == PING and not flags & ACK:
            self.socket.sendall(frame(PING, ACK, 0, body))
        elif kind == SETTINGS and not flags & ACK:
            self.socket.sendall(frame(SETTINGS, ACK, 0))

    def reset(self):
        """As a client whose process is killed: what is under way is lost, and the server gets RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.socket.close()


def call_frames(stream, path, message):
    return frame(HEADERS, END_HEADERS, stream, request_headers(path)) + frame(DATA, END_STREAM, stream, grpc_message(message))
