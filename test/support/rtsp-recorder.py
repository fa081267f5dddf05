"""A media server that takes streams by RTSP (ANNOUNCE, RECORD), for tests: GStreamer's, in RECORD mode.

argv: port (0: any), path, [user, password]. Prints the port when it listens, then one line a decoded picture:
"<width>x<height>". It ends when its stdin is closed.
"""
import os
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer

Gst.init(None)
port, path, *login = sys.argv[1:]
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(port)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch("( rtph264depay name=depay0 ! h264parse ! openh264dec ! fakesink name=sink sync=false signal-handoffs=true )")
factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)


def told(_sink, _buffer, pad):
    shape = pad.get_current_caps().get_structure(0)
    print("%dx%d" % (shape.get_int("width")[1], shape.get_int("height")[1]), flush=True)


def configure(_factory, media):
    media.get_element().get_child_by_name("sink").connect("handoff", told)


factory.connect("media-configure", configure)
if login:
    access = GstRtspServer.RTSPPermissions()
    for right in ("access", "construct"):
        access.add_permission_for_role("user", "media.factory." + right, True)
    factory.set_permissions(access)
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(*login), token)
    server.set_auth(auth)
server.get_mount_points().add_factory(path, factory)
if server.attach(None) == 0:
    sys.exit("the port is taken")
print(server.get_bound_port(), flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
GLib.MainLoop().run()
