"""A fleet on this machine: replicas of the real server on 127.0.0.11, .12, ... with equal ports, as containers of one network have, the
real HAProxy or nginx before them, and callers.

    with Replicas(3, repository) as replicas, HaProxy(replicas) as balancer:
        load = Load(balancer.url).start()
"""

import os
import pathlib
import socket
import socketserver
import struct
import subprocess
import tempfile
import threading
import time
import urllib.request

import grpc

from harness import BUNDLED, CONVOY, MESSAGES, ROOT

WAIT_SECONDS = 120
SERVICE_CONFIG = (ROOT / "docker" / "client_service_config.json").read_text()


def wait_for(what, done):
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if done():
            return
        time.sleep(0.02)
    raise AssertionError(f"after {WAIT_SECONDS} s still not: {what}")


def free_port(addresses=("127.0.0.1",)):
    """A port that is free on all of them."""
    while True:
        with socket.socket() as first:
            first.bind((addresses[0], 0))
            port = first.getsockname()[1]
            try:
                for address in addresses[1:]:
                    with socket.socket() as other:
                        other.bind((address, port))
                return port
            except OSError:
                continue


def http_ok(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


class Process:
    """A program whose output is kept in a file."""

    process = None

    def __init__(self, command, env=None):
        self.end()  # where it is started anew
        self._log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(list(map(str, command)), stdout=self._log, stderr=self._log, env={**os.environ, **(env or {})})

    @property
    def log(self):
        self._log.seek(0)
        return self._log.read()

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        return self.process.wait(WAIT_SECONDS)

    def end(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._log.close()


class Replica(Process):
    def __init__(self, address, grpc_port, metrics_port, repository, flags=(), prefix=()):
        self.url = f"{address}:{grpc_port}"
        self.metrics_url = f"http://{address}:{metrics_port}"
        self.start = lambda: Process.__init__(self, [
            *prefix, CONVOY, "serve", repository, "--device", "cpu", "--host", address, "--grpc-port", grpc_port, "--metrics-port",
            metrics_port, *flags])
        self.start()

    def ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"a replica ended with code {self.process.returncode}:\n{self.log}")
        return http_ok(self.metrics_url + "/readyz")

    def metrics(self):
        with urllib.request.urlopen(self.metrics_url + "/metrics", timeout=10) as page:
            return page.read().decode()

    def calls(self):
        """Finished calls of inference, whatever their result."""
        return sum(float(line.rsplit(" ", 1)[1]) for line in self.metrics().splitlines() if line.startswith("convoy_requests_total{"))


class Replicas:
    """Equal replicas, each with one core's worth of threads."""

    def __init__(self, count, repository=BUNDLED, flags=("--threads", "1"), prefixes=()):
        self.addresses = [f"127.0.0.{11 + each}" for each in range(count)]
        self.grpc_port = free_port(self.addresses)
        self.metrics_port = free_port(self.addresses)
        self.all = [Replica(address, self.grpc_port, self.metrics_port, repository, flags, prefix)
                    for address, prefix in zip(self.addresses, prefixes or [()] * count)]

    def __getitem__(self, index):
        return self.all[index]

    def __enter__(self):
        try:
            for each in self.all:
                wait_for(f"{each.url} is ready", each.ready)
            return self
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __exit__(self, kind, value, trace):
        for each in self.all:
            each.end()


class Dns:
    """Answers every question for an address with all of these, as a container network answers for a service's name."""

    def __init__(self, addresses):
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                query, reply = self.request
                end = query.index(b"\0", 12) + 5  # name, type, class
                wants_v4 = query[end - 4:end - 2] == b"\0\x01"
                records = [b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 1, 4) + socket.inet_aton(each) for each in addresses if wants_v4]
                header = query[:2] + struct.pack(">HHHHH", 0x8580, 1, len(records), 0, 0)
                reply.sendto(header + query[12:end] + b"".join(records), self.client_address)

        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.server = "127.0.0.1:%d" % self._server.server_address[1]

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class HaProxy(Process):
    """HAProxy with the configuration that compose.yaml gives it."""

    CONFIG = ROOT / "docker" / "haproxy" / "haproxy.cfg"

    def __init__(self, replicas):
        self._dns = Dns(replicas.addresses)
        port, self._stats_port = free_port(), free_port()
        self.url = f"127.0.0.1:{port}"
        self._replicas = replicas
        super().__init__(["haproxy", "-db", "-f", self.CONFIG],
                         env={"CONVOY_DNS": self._dns.server, "CONVOY_REPLICAS": "convoy", "BALANCER_PORT": str(port),
                              "CONVOY_GRPC_PORT": str(replicas.grpc_port), "CONVOY_METRICS_PORT": str(replicas.metrics_port),
                              "BALANCER_STATS_PORT": str(self._stats_port)})

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self._stats_port}/metrics", timeout=10) as page:
            return page.read().decode()

    def active(self):
        """Replicas that it gives calls to."""
        if self.process.poll() is not None:
            raise AssertionError("HAProxy ended")
        try:
            lines = self.metrics().splitlines()
        except OSError:
            return 0
        return next((int(float(line.split()[-1])) for line in lines
                     if line.startswith('haproxy_backend_active_servers{proxy="replicas"}')), 0)

    def __enter__(self):
        try:
            wait_for("HAProxy finds every replica", lambda: self.active() == len(self._replicas.addresses))
        except AssertionError as error:
            self.__exit__(None, None, None)
            raise AssertionError(f"{error}\n{self.log}") from None
        return self

    def __exit__(self, kind, value, trace):
        self.end()
        self._dns.close()


class Nginx(Process):
    """nginx with docker/nginx/convoy.conf, but for the addresses."""

    def __init__(self, replicas):
        folder = ROOT / "docker" / "nginx"
        self._folder = tempfile.TemporaryDirectory(prefix="convoy-nginx-")
        here = pathlib.Path(self._folder.name)
        port = free_port()
        self.url = f"127.0.0.1:{port}"
        (here / "convoy").mkdir()
        upstream = (folder / "upstream.conf").read_text()
        for number, address in enumerate(replicas.addresses, 1):
            upstream = upstream.replace(f"convoy-{number}:8001", f"{address}:{replicas.grpc_port}")
        (here / "convoy" / "upstream.conf").write_text(upstream)
        (here / "convoy.conf").write_text((folder / "convoy.conf").read_text().replace("listen 8001", f"listen 127.0.0.1:{port}"))
        temporary = "".join(f"{kind}_temp_path {here}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (here / "nginx.conf").write_text(f"daemon off; pid {here}/pid; error_log stderr; worker_processes 1; events {{}}\n"
                                         f"http {{ access_log off; {temporary} include convoy.conf; }}\n")
        super().__init__(["nginx", "-p", here, "-e", "stderr", "-c", here / "nginx.conf"])

    def __enter__(self):
        host, port = self.url.split(":")

        def listens():
            if self.process.poll() is not None:
                raise AssertionError(f"nginx ended:\n{self.log}")
            with socket.socket() as probe:
                return probe.connect_ex((host, int(port))) == 0

        wait_for("nginx listens", listens)
        return self

    def __exit__(self, kind, value, trace):
        self.end()
        self._folder.cleanup()


DIGIT = (BUNDLED / "lenet5" / "samples" / "digit_7.png").read_bytes()


def digit_request(copies=1, padding=0):
    """Pictures of a seven; decoders do not read what follows a PNG's end."""
    images = [DIGIT + bytes(padding)] * copies
    return MESSAGES["convoy.v1.ClassifyRequest"](model_name="lenet5", images=images, top_k=1).SerializeToString()


def classify_method(channel):
    return channel.unary_unary("/convoy.v1.ClassifyService/Classify")  # bytes to bytes


def ask_6_megabytes(url):
    """One call beyond gRPC's usual 4 MiB and every proxy's usual buffers."""
    with grpc.insecure_channel(url, options=[("grpc.max_send_message_length", -1)]) as channel:
        classify_method(channel)(digit_request(copies=128, padding=50_000), timeout=60)


class Load:
    """Callers that ask one after another, each on its own connection, until stopped or `calls` are made in all."""

    def __init__(self, url, callers=8, calls=100_000, retry=False):
        options = [("grpc.use_local_subchannel_pool", 1), *([("grpc.service_config", SERVICE_CONFIG)] if retry else [])]
        self.good, self.failures = 0, []
        self._left, self._stop, self._lock = calls, False, threading.Lock()
        self._channels = [grpc.insecure_channel(url, options=options) for _ in range(callers)]
        self._threads = [threading.Thread(target=self._call, args=(each,), daemon=True) for each in self._channels]

    def _call(self, channel):
        method, request = classify_method(channel), digit_request()
        while True:
            with self._lock:
                if self._stop or self._left == 0:
                    return
                self._left -= 1
            try:
                method(request, timeout=30)
                with self._lock:
                    self.good += 1
            except grpc.RpcError as error:
                with self._lock:
                    self.failures.append(f"{error.code().name}: {error.details()}")

    def start(self):
        for each in self._threads:
            each.start()
        return self

    def after(self, calls):
        """Returns when so many more calls have come back."""
        goal = self.good + len(self.failures) + calls
        wait_for(f"{calls} more calls", lambda: self.good + len(self.failures) >= goal)

    def finish(self):
        for each in self._threads:
            each.join(WAIT_SECONDS)
        for each in self._channels:
            each.close()
        return self

    def stop(self):
        with self._lock:
            self._stop = True
        return self.finish()
