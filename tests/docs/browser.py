# SPDX-License-Identifier: GPL-2.0-only
"""browser.py - a headless Chromium looking at a directory that is served on this machine; it tells all that goes wrong."""

import contextlib
import functools
import http.server
import json
import socketserver
import threading
import urllib.parse

from selenium import webdriver
from selenium.webdriver.chrome.service import Service


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves without a word."""

    def log_message(self, *_):  # pylint: disable=arguments-differ
        """Silence."""


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """One thread for each connection: a browser opens several."""

    daemon_threads = True


@contextlib.contextmanager
def serving(directory):
    """Serve a directory at a free port; the address."""
    with Server(("127.0.0.1", 0), functools.partial(Handler, directory=directory)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


class Browser:
    """Chromium, and what it had to complain of."""

    def __init__(self, base, width=1280, height=800, dark=False, reduced=False, logs=True):  # pylint: disable=too-many-arguments
        self.base = base
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                         "--disable-background-networking", "--disable-component-update", "--no-first-run",
                         f"--window-size={width},{height}"):
            options.add_argument(argument)
        if logs:
            options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_page_load_timeout(60)
        self.size(width, height, dark, reduced)

    def size(self, width, height, dark=False, reduced=False):
        """The window's inner size, and what the reader prefers."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced else "no-preference"}]})

    def open(self, page):
        """Load a page, and return what went wrong: console messages, failed and remote requests."""
        self.driver.get(self.base + page)
        return self.complaints()

    def complaints(self):
        """What has gone wrong since the last time."""
        found = [f"console: {entry['level']}: {entry['message']}" for entry in self.driver.get_log("browser")]
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
                if urllib.parse.urlsplit(url).scheme not in ("data", "blob") and not url.startswith(self.base):
                    found.append(f"remote request: {url}")
            elif message["method"] == "Network.responseReceived":
                response = message["params"]["response"]
                if response["status"] >= 400:
                    found.append(f"{response['status']} for {response['url']}")
            elif message["method"] == "Network.loadingFailed" and not message["params"].get("canceled"):
                found.append(f"failed: {message['params'].get('errorText')}")
        return found

    def shot(self, path, whole=False):
        """A picture of the window, or of the whole page."""
        options = {"format": "png"}
        if whole:
            size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
            options.update(captureBeyondViewport=True, clip=dict(x=0, y=0, width=size["width"], height=min(size["height"], 12000), scale=1))
        import base64  # pylint: disable=import-outside-toplevel
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.driver.execute_cdp_cmd("Page.captureScreenshot", options)["data"]))

    def close(self):
        """End it."""
        self.driver.quit()
