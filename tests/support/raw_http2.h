// The client's end of an HTTP/2 connection, frame by frame, for what no gRPC client does: leave
// pings unanswered, or send too many.
//
//   RawHttp2 connection(port);
//   connection.Send(RawHttp2::Ping());
//   while (const auto frame = connection.Read()) ...   // until the server closes
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace convoy::testing {

class RawHttp2 {
 public:
  // RFC 9113, section 6.
  enum FrameType : uint8_t { kSettings = 4, kPing = 6, kGoAway = 7 };
  static constexpr uint32_t kEnhanceYourCalm = 0xb;

  struct Frame {
    uint8_t type = 0;
    uint8_t flags = 0;
    std::string payload;

    // Of a GOAWAY.
    uint32_t ErrorCode() const {
      uint32_t code = 0;
      for (size_t i = 4; i < 8; ++i) code = code << 8 | static_cast<uint8_t>(payload.at(i));
      return code;
    }
  };

  explicit RawHttp2(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{.tv_sec = 30, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    EXPECT_EQ(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Encode({.type = kSettings}));
  }
  ~RawHttp2() { close(socket_); }
  RawHttp2(const RawHttp2&) = delete;
  RawHttp2& operator=(const RawHttp2&) = delete;

  static std::string Ping() { return Encode({.type = kPing, .payload = std::string(8, 'p')}); }

  // False where the server has closed.
  bool Send(const std::string& bytes) {
    return send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }

  // Nullopt at the end of the connection, or when nothing has come for 30 seconds.
  std::optional<Frame> Read() {
    const std::string head = ReadBytes(9);
    if (head.size() < 9) return std::nullopt;
    size_t length = 0;
    for (size_t i = 0; i < 3; ++i) length = length << 8 | static_cast<uint8_t>(head[i]);
    Frame frame{.type = static_cast<uint8_t>(head[3]), .flags = static_cast<uint8_t>(head[4])};
    frame.payload = ReadBytes(length);
    if (frame.payload.size() < length) return std::nullopt;
    return frame;
  }

 private:
  static std::string Encode(const Frame& frame) {
    const size_t length = frame.payload.size();
    std::string bytes;
    for (const int shift : {16, 8, 0}) bytes += static_cast<char>(length >> shift);
    bytes += static_cast<char>(frame.type);
    bytes += static_cast<char>(frame.flags);
    return bytes + std::string(4, '\0') + frame.payload;
  }

  std::string ReadBytes(size_t count) {
    std::string bytes(count, '\0');
    size_t done = 0;
    while (done < count) {
      const ssize_t read = recv(socket_, bytes.data() + done, count - done, 0);
      if (read <= 0) break;
      done += static_cast<size_t>(read);
    }
    bytes.resize(done);
    return bytes;
  }

  const int socket_;
};

}  // namespace convoy::testing
