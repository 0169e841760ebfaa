// Stands between a client and a server and passes on what either says after a short pause, in small
// pieces, so that a nonblocking client has to wait at every place where it can. Ends with its last
// connection.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"

namespace ferro::mysql {

class SlowProxy {
 public:
  SlowProxy(const std::string& host, int port, size_t piece) : piece_(piece) {
    server_.sin_family = AF_INET;
    server_.sin_port = htons(static_cast<uint16_t>(port));
    inet_pton(AF_INET, host.c_str(), &server_.sin_addr);
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener_, 8);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { Accept(); });
  }
  ~SlowProxy() {
    stop_ = true;
    acceptor_.join();
    for (std::thread& thread : links_) thread.join();
    close(listener_);
  }
  SlowProxy(const SlowProxy&) = delete;
  SlowProxy& operator=(const SlowProxy&) = delete;

  int port() const { return port_; }

 private:
  void Accept() {
    while (!stop_) {
      pollfd entry{listener_, POLLIN, 0};
      if (poll(&entry, 1, 20) != 1) continue;
      const int client = accept(listener_, nullptr, nullptr);
      links_.emplace_back([this, client] { Link(client); });
    }
  }

  void Link(int client) {
    const int server = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(server, reinterpret_cast<sockaddr*>(&server_), sizeof server_) == 0) {
      pollfd ends[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
      while (!stop_) {
        if (poll(ends, 2, 20) <= 0) continue;
        absl::SleepFor(absl::Milliseconds(1));
        if (ends[0].revents != 0 && !Pass(client, server)) break;
        if (ends[1].revents != 0 && !Pass(server, client)) break;
      }
    }
    close(client);
    close(server);
  }

  bool Pass(int from, int to) {
    std::string piece(piece_, '\0');
    const ssize_t size = recv(from, piece.data(), piece.size(), 0);
    return size > 0 && send(to, piece.data(), static_cast<size_t>(size), MSG_NOSIGNAL) == size;
  }

  size_t piece_;
  sockaddr_in server_{};
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread acceptor_;
  std::vector<std::thread> links_;
};

}  // namespace ferro::mysql
