#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""links.py - looks at the HTML of the site without a browser. TAP, for tests/30-docs.t.

usage: links.py DIRECTORY
"""

import html
import html.parser
import os
import re
import signal
import sys
import urllib.parse

signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # when nobody reads on, this ends as other commands do

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KINDS = {"story": "Chapter", "labs": "Lab", "tour": "Tour"}
VOID = set("area base br col embed hr img input link meta source track wbr path circle rect line use".split())
# Where a page asks for something as soon as it is opened.
LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "audio": "src", "video": "src", "object": "data",
         "link": "href", "image": "href", "use": "href"}


class Page(html.parser.HTMLParser):
    """What a page refers to, what it has, and how its figures are labelled."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loads, self.ids, self.article_links = [], [], [], []
        self.nameless, self.figures, self.stack = [], [], []
        self.language, self.title, self.heads, self.text = None, "", [], text
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """One element."""
        attrs = {name: value or "" for name, value in attrs}
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "html":
            self.language = attrs.get("lang")
        if tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])
            if "article" in self.stack:
                self.article_links.append(attrs["href"])
        if tag in LOADS and LOADS[tag] in attrs and not (tag == "link" and attrs.get("rel") in ("index", "search", "next", "prev", "canonical")):
            self.loads.append(attrs[LOADS[tag]])
        if tag == "img" and not attrs.get("alt"):
            self.nameless.append(attrs.get("src"))
        classes = attrs.get("class", "").split()
        if tag == "svg" and "drawing" in classes and not attrs.get("aria-label"):
            self.nameless.append("a drawing")
        if tag == "figure":
            self.figures.append({"data": False, "made-by": False})
        if self.figures and "figure" in self.stack:
            if tag == "svg" and attrs.get("data-measured"):
                self.figures[-1]["data"] = True
            if "made-by" in classes:
                self.figures[-1]["made-by"] = True
        if tag == "meta":
            self.heads.append(attrs.get("property") or attrs.get("name", ""))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_data(self, data):
        """The title is of interest."""
        if self.stack[-1:] == ["h1"]:
            self.title += data

    def handle_endtag(self, tag):
        """Back to where it began."""
        if tag in self.stack:
            while self.stack.pop() != tag:
                pass


class Site:
    """All pages of a directory."""

    def __init__(self, directory):
        self.directory, self.pages = directory, {}
        for where, _, names in os.walk(directory):
            for name in names:
                if name.endswith(".html"):
                    path = os.path.join(where, name)
                    with open(path, encoding="utf-8") as file:
                        self.pages[os.path.relpath(path, directory)] = Page(file.read())

    def target(self, page, href):
        """(file, anchor) that a link of a page leads to; None for another site."""
        parts = urllib.parse.urlsplit(href)
        if parts.scheme or parts.netloc:
            return None
        path = urllib.parse.unquote(parts.path)
        file = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        return file, urllib.parse.unquote(parts.fragment)

    def broken(self):
        """Links that lead nowhere."""
        for page, what in self.pages.items():
            for href in what.links + what.loads:
                found = self.target(page, href)
                if found is None or href.startswith("data:"):
                    continue
                file, anchor = found
                if not os.path.exists(os.path.join(self.directory, file)):
                    yield f"{page}: {href}: no such file"
                elif anchor and file in self.pages and anchor not in self.pages[file].ids:
                    yield f"{page}: {href}: no such anchor"

    def remote(self):
        """What a page loads from elsewhere, and style sheets too."""
        for page, what in self.pages.items():
            for href in what.loads:
                if self.target(page, href) is None and not href.startswith("data:"):
                    yield f"{page}: loads {href}"
        for where, _, names in os.walk(self.directory):
            for name in names:
                if name.endswith(".css"):
                    with open(os.path.join(where, name), encoding="utf-8") as file:
                        for url in re.findall(r"(?:@import\s+|url\()\s*['\"]?([^'\")\s]+)", file.read()):
                            if re.match(r"(\w+:)?//|/", url) and not url.startswith("data:"):
                                yield f"{name}: loads {url}"

    def distant(self):
        """Pages that are more than two clicks from the front page, by the links of the text."""
        def next_of(page):
            return {self.target(page, href)[0] for href in self.pages[page].article_links if self.target(page, href)} & set(self.pages)

        near = {"index.html"} | next_of("index.html")
        near |= {far for page in list(near) for far in next_of(page)}
        return sorted(set(self.pages) - near - {"search.html", "genindex.html"})

    def titles(self):
        """Chapters, labs and the tour are told apart by their titles, and numbered once."""
        for page, what in self.pages.items():
            kind = next((kind for folder, kind in KINDS.items() if re.match(folder + r"/\d", page)), None)
            number = kind and int(re.search(r"/(\d+)", page)[1])
            if kind and not re.match(rf"{kind} {number}\. (?!\d+\. )", what.title):
                yield f"{page}: {what.title}"

    def unasked(self):
        """Labs whose steps don't begin with a question to the reader: three at least, each right before commands.
        (Where students write a program, that is what is asked.)"""
        for page, what in self.pages.items():
            if re.match(r"labs/\d\d-(?!write-)", page):
                asked = re.findall(r'<p class="predict">.*?</p>\s*<div class="session', what.text, re.S)
                there = what.text.count('<p class="predict">')
                if len(asked) < 3 or len(asked) != there:
                    yield f"{page}: {len(asked)} of {there} questions stand before commands"

    def unlinked(self):
        """Words of the glossary that a page uses, and links nowhere; docs/_ext/linking.py knows how they look."""
        sys.path.insert(0, os.path.join(TOP, "docs", "_ext"))
        import linking  # pylint: disable=import-outside-toplevel
        for page, what in self.pages.items():
            if not linking.PAGES.match(page[:-5]):
                continue
            text = re.search(r"<article.*?</article>", what.text, re.S)[0]
            targets = {urllib.parse.unquote(href.partition("#term-")[2]).lower() for href in what.article_links if "#term-" in href}
            text = re.sub(r"(?s)<(pre|code|svg|h[1-6]|a|summary|script|figcaption|p class=\"rubric\")\b.*?</(?:\1|p)>", " ", text)
            text = html.unescape(re.sub(r"<[^>]*>", " ", text))
            for word, pattern in linking.words().items():
                if re.sub(r"[ _]", "-", word).lower() not in {re.sub(r"[ _]", "-", one) for one in targets} and pattern.search(text):
                    yield f"{page}: {word}: …{text[max(0, pattern.search(text).start() - 30):][:80].strip()}"

    def unsourced(self):
        """Pages of the story on which a function of the kernel leads to no source."""
        for page, what in self.pages.items():
            if re.match(r"story/\d", page):
                source = r'<a [^>]*href="https://elixir\.bootlin\.com/linux/v[\d.]+/A/ident/\w+"[^>]*>'
                named, there = (len(re.findall(before + r'<code class="[^"]*kernel-function', what.text)) for before in ("", source))
                if named != there or not named:
                    yield f"{page}: {named} functions, {there} links"

    def unmapped(self):
        """Pages that sitemap.xml lacks; and the card."""
        with open(os.path.join(self.directory, "sitemap.xml"), encoding="utf-8") as file:
            listed = set(re.findall(r"<loc>https://example\.org/snull/(.*?)</loc>", file.read()))
        yield from sorted(set(self.pages) - listed - {"search.html", "genindex.html"})
        with open(os.path.join(self.directory, "_static", "card.png"), "rb") as file:
            if file.read(8) != b"\x89PNG\r\n\x1a\n":
                yield "card.png is no picture"

    def betrayed(self):
        """Pages with a sentence of the answers."""
        sys.path.insert(0, os.path.join(TOP, "labs", "lib"))
        import course  # pylint: disable=import-outside-toplevel
        import exam  # pylint: disable=import-outside-toplevel
        text = {page: re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", what.text)) for page, what in self.pages.items()}
        for lab in map(course.Lab, course.labs().values()):
            for answer in exam.Exam(lab).answers().values() if exam.has(lab) else ():
                yield from (f"{page}: {answer[:60]}" for page, words in text.items() if html.escape(answer[:60], quote=False) in words or answer[:60] in words)

    def doubled(self):
        """Ids that occur twice in a page."""
        for page, what in self.pages.items():
            for one in sorted({one for one in what.ids if what.ids.count(one) > 1}):
                yield f"{page}: {one}"


def main():
    """The tests."""
    site = Site(sys.argv[1])
    count = 0

    def ok(name, complaints):
        nonlocal count
        count += 1
        complaints = list(complaints)
        print(f"{'not ok' if complaints else 'ok'} {count} - {name}")
        for complaint in complaints[:30]:
            print(f"# {complaint}")

    pages = site.pages
    ok(f"{len(pages)} pages, one for each lab and source file", [] if len(pages) > 40 else ["fewer than 40"])
    ok("every link and anchor leads somewhere", site.broken())
    ok("no page loads anything from elsewhere", site.remote())
    ok("every page is two clicks from the front page", site.distant())
    ok("every picture has an alternative text", [f"{page}: {one}" for page, what in pages.items() for one in what.nameless])
    ok("every measured figure carries its command", [page for page, what in pages.items() for figure in what.figures
                                                     if figure["data"] and not figure["made-by"]])
    ok("there are such figures", [] if any(figure["data"] for what in pages.values() for figure in what.figures) else ["none"])
    ok("no id occurs twice in a page", site.doubled())
    ok("chapters, labs and the tour are told apart by their titles", site.titles())
    ok("each lab asks before it shows", site.unasked())
    ok("words of the glossary are linked where a page first uses them", site.unlinked())
    ok("functions of the kernel lead to the source of a named version", site.unsourced())
    ok("every page has what a card needs", [page for page, what in pages.items() if not {"description", "og:title", "og:image"} <= set(what.heads)])
    ok("every page says which version it is", [page for page, what in pages.items() if not re.search(r"snull \d+\.\d+", what.text)])
    ok("the site map has every page", site.unmapped())
    ok("no page has an answer to a question of the exam", site.betrayed())
    ok("every page says its language", [page for page, what in pages.items() if what.language != "en"])
    print(f"1..{count}")


main()
