"""A live RTSP camera for tests: GStreamer's RTSP server, fed with encoded pictures at their own pace.

argv[1], argv[2]: the ports (0: any) of the open mounts and of those with a password: to a server that knows anonymous
clients, a locked mount is "404 Not Found" to them. First line of stdin (command lines are public): JSON list of {path,
codec: h264|h265|mjpeg, file, fps, user?, password?}. Prints both ports when it listens. Then commands, one JSON a line: {"path", "do": "play|freeze|silence|garbage|end"}.
It ends when its stdin is closed.
"""
import json
import os
import re
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer

CAPS = {
    "h264": "video/x-h264,stream-format=byte-stream,alignment=au",
    "h265": "video/x-h265,stream-format=byte-stream,alignment=au",
    "mjpeg": "image/jpeg",
}
PAY = {
    "h264": "h264parse ! rtph264pay config-interval=-1",
    "h265": "h265parse ! rtph265pay config-interval=-1",
    "mjpeg": "jpegparse ! rtpjpegpay",
}
# Every access unit begins with a delimiter (ffmpeg's *_metadata=aud=insert); a JPEG with its start marker.
BEGINS = {"h264": rb"\x00\x00\x00\x01\x09", "h265": rb"\x00\x00\x00\x01\x46\x01", "mjpeg": rb"\xff\xd8\xff"}
IS_KEY = {
    "h264": lambda unit: re.search(rb"\x00\x00\x01[\x65\x25\x45]", unit) is not None,
    "h265": lambda unit: re.search(rb"\x00\x00\x01[\x26\x28\x2a]", unit) is not None,
    "mjpeg": lambda unit: True,
}


class Camera:
    """One mount point. All its clients see the same pictures."""

    def __init__(self, about):
        self.codec = about["codec"]
        data = open(about["file"], "rb").read()
        starts = [found.start() for found in re.finditer(BEGINS[self.codec], data)] + [len(data)]
        self.units = [data[a:b] for a, b in zip(starts, starts[1:])]
        self.keys = [IS_KEY[self.codec](unit) for unit in self.units]
        self.next = 0
        self.mode = "play"
        self.sources = {}
        self.still = self.units[0]
        GLib.timeout_add(int(1000 / about["fps"]), self.tick)

    def factory(self, about):
        made = GstRtspServer.RTSPMediaFactory()
        caps = CAPS[self.codec] + ",framerate=%d/1" % about["fps"]
        made.set_launch(
            '( appsrc name=src is-live=true do-timestamp=true format=time caps="%s" ! %s name=pay0 pt=96 )'
            % (caps, PAY[self.codec])
        )
        made.set_shared(True)
        made.connect("media-configure", self.configure)
        access = GstRtspServer.RTSPPermissions()
        access.add_permission_for_role("user", "media.factory.access", True)
        access.add_permission_for_role("user", "media.factory.construct", True)
        made.set_permissions(access)
        return made

    def configure(self, _factory, media):
        source = media.get_element().get_child_by_name("src")
        self.sources[source] = False  # has it had a key frame yet?
        media.connect("unprepared", lambda _media: self.sources.pop(source, None))

    def tick(self):
        unit, is_key = self.units[self.next], self.keys[self.next]
        self.next = (self.next + 1) % len(self.units)
        if is_key and self.mode == "play":
            self.still = unit
        if self.mode == "freeze":
            unit, is_key = self.still, True
        if self.mode == "garbage":
            unit = unit[:5] + os.urandom(len(unit))
        for source, is_started in list(self.sources.items()):
            if self.mode == "silence" or not (is_started or is_key):
                continue
            if self.mode == "end":
                source.emit("end-of-stream")
                self.sources.pop(source, None)
                continue
            self.sources[source] = True
            source.emit("push-buffer", Gst.Buffer.new_wrapped(unit))
        return True

    def do(self, mode):
        self.mode = mode
        if mode == "play":  # decoders need a key frame to go on from
            self.next = 0
            for source in self.sources:
                self.sources[source] = False
        return False


def serve(port, mounts, cameras):
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    auth = GstRtspServer.RTSPAuth()
    for about in mounts:
        camera = cameras[about["path"]] = Camera(about)
        server.get_mount_points().add_factory(about["path"], camera.factory(about))
        if about.get("password"):
            user = GstRtspServer.RTSPToken()
            user.set_string("media.factory.role", "user")
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(about["user"], about["password"]), user)
            server.set_auth(auth)
    if server.attach(None) == 0:
        sys.exit("the port is taken")
    return server


def main():
    Gst.init(None)
    mounts = json.loads(sys.stdin.readline())
    cameras = {}
    open_server = serve(sys.argv[1], [about for about in mounts if not about.get("password")], cameras)
    locked = serve(sys.argv[2], [about for about in mounts if about.get("password")], cameras)
    print("%d %d" % (open_server.get_bound_port(), locked.get_bound_port()), flush=True)

    def listen():
        for line in sys.stdin:
            order = json.loads(line)
            GLib.idle_add(cameras[order["path"]].do, order["do"])
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    GLib.MainLoop().run()


main()
