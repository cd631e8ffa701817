# SPDX-License-Identifier: GPL-2.0-only
"""course.py - what a lab is made of, read from its directory: its questions, and the answers somebody gives.

labs/NN-name/questions is an INI file. [lab] says title, minutes, vm (arguments of labs/vm/run), and kernel if it needs a
later one than 6.1. A section
[parameter NAME] is a number that the student chooses: text, min, max. Every other section is a question, its name the
key in answers.txt: text, hint, type, and by type

    number   measure = NAME, which the lab's "measure" prints; tolerance = 0.01 or 2%
    choice   a, b, c… = what to choose from; hint_b = a hint for those who chose b
    path     the functions that a packet or a call goes through, in order, as "one -> two -> three"
    mystery  a, b, c… likewise; which of them is right depends on the student's own four animals of the zoo: animal = 0 to 3 is
             which, aspect = 0 or 1 which of the letters that solution/animals has for it. [lab]'s pool lists the animals.
    trial    judged by the lab's "trial" (labs/lib/trial.py): for a lab in which students write a program, [lab]'s program = FILE,
             a skeleton of which is in skeleton/FILE. points = 3 says what it is worth; text is what ought to be so.

The right choices and paths are in solution/answers.txt, or in solution/sealed, as hashes, where they may not be read
(labs/bundle/seal). answers.txt holds lines "key: value"; "#" begins a comment.
"""

import configparser
import hashlib
import hmac
import os
import re
import unicodedata

LABS = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
# In the machine of a bundle (labs/bundle) all of it runs in there.
IN_MACHINE = bool(os.environ.get("SNULL_IN_MACHINE"))
MOST_BYTES = 64 * 1024
UNTRIED = "it counts once a packet is received, and none is"  # of all parts of a program but the one that is to blame
MOST_VALUE = 400
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
# No thousands' separators, no "nan", no "1e999": what a person copies from a table, or a calculator prints.
NUMERAL = re.compile(r"[-+]?(?:\d{1,15}(?:\.\d{0,30})?|\.\d{1,30})")
NAME = re.compile(r"[A-Za-z_]\w*")
# How files begin that people hand in for text.
KINDS = {b"PK\x03\x04": "a document of an office program, or a .zip", b"\xd0\xcf\x11\xe0": "a document of an office program",
         b"%PDF": "a PDF", b"{\\rtf": "rich text", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x89PNG": "a picture",
         b"\xff\xd8\xff": "a picture", b"\x1f\x8b": "compressed"}
KERNELS = {"bullseye": (5, 10), "bookworm": (6, 1), "trixie": (6, 12), "rt": (6, 12), "debug": (6, 12), "backports": (7, 0)}


class Trouble(Exception):
    """Something that whoever asked can mend; says what."""


class Lab:
    """One lab."""

    def __init__(self, directory):
        self.directory = directory
        self.name = os.path.basename(directory)
        self.number = self.name[:2]
        ini = configparser.ConfigParser(interpolation=None, comment_prefixes=("#",), delimiters=("=",))
        try:
            with open(os.path.join(directory, "questions"), encoding="utf-8") as lines:
                ini.read_file(lines)
            self.title, self.minutes = ini["lab"]["title"], ini["lab"].getint("minutes")
            self.vm = ini["lab"].get("vm", "--icount").split()
            self.pool = ini["lab"].get("pool", "").split()
            self.program = ini["lab"].get("program")
            self.kernel = tuple(map(int, ini["lab"].get("kernel", "6.1").split(".")))
            self.parameters, self.questions = {}, {}
            for section in ini.sections():
                if section.startswith("parameter "):
                    parameter = Parameter(section.split()[1], ini[section])
                    self.parameters[parameter.key] = parameter
                elif section != "lab":
                    self.questions[section] = Question(section, ini[section])
        except (OSError, KeyError, ValueError, configparser.Error) as problem:
            raise Trouble(f"{self.name}/questions: {problem}") from problem

    def runs_on(self, suite):
        """Does the suite's kernel have what the lab needs?"""
        return KERNELS.get(suite, self.kernel) >= self.kernel

    @property
    def most(self):
        """Points there are."""
        return sum(question.points for question in self.questions.values())

    def require(self, suite):
        """Raise Trouble when it does not."""
        if not self.runs_on(suite):
            have, need = (".".join(map(str, version)) for version in (KERNELS[suite], self.kernel))
            raise Trouble(f"lab {self.number} needs Linux {need} or later, and {suite} is {have}: choose SUITE=trixie or backports")

    def solved(self, directory, *names):
        """The first of these files that is in the lab's solution, or in an instructor's own directory of solutions."""
        place = os.path.join(directory, self.name) if directory else os.path.join(self.directory, "solution")
        for path in (os.path.join(place, name) for name in names):
            if os.path.exists(path):
                return path
        raise Trouble(f"the solution of lab {self.number} is not there, {path}: hand in your answers;"
                      " instructors name theirs in SOLUTIONS=DIRECTORY")

    def solution(self, directory=None):
        """The right choices and paths."""
        path = self.solved(directory, "sealed", "answers.txt")
        solution = (Sealed if path.endswith("sealed") else Answers).read(path)
        self.check(solution)
        return solution

    def animals(self, student):
        """The four of the pool that are this student's."""
        if not student.strip():
            raise Trouble(f"write your name after \"student:\" in labs/{self.name}/answers.txt first: your four paths depend on it")
        def order(animal):
            return hashlib.sha256(f"{plain_name(student)}:{animal}".encode()).digest()
        return sorted(self.pool, key=order)[:4]

    def mysteries(self, student, directory=None):
        """{question: the right letter}, for this student."""
        known, own = Answers.read(self.solved(directory, "animals")), self.animals(student)
        asked = [question for question in self.questions.values() if question.type == "mystery"]
        lacks = [animal for animal in self.pool if len(known.get(animal).split()) <= max(question.aspect for question in asked)]
        if lacks:
            raise Trouble(f"the solution of lab {self.number} has no usable line for: {', '.join(lacks)}")
        return {question.key: known.get(own[question.animal]).split()[question.aspect] for question in asked}

    def check(self, solution):
        """Raise Trouble when a solution, which may be an instructor's own, does not answer what it is to be compared with."""
        lacks = [question.key for question in self.questions.values()
                 if question.type in ("choice", "path") and not solution.has(question)]
        if lacks or solution.troubles:
            said = "; ".join(solution.troubles + ([f"it has no usable answer to {', '.join(lacks)}"] if lacks else []))
            raise Trouble(f"the solution of lab {self.number}: {said}")

    @property
    def submission(self):
        """The name of what students hand in."""
        return self.program or "answers.txt"

    def template(self):
        """What to begin with: an answers.txt to fill in, or a skeleton."""
        if self.program:
            with open(os.path.join(self.directory, "skeleton", self.program), encoding="utf-8") as skeleton:
                return skeleton.read()
        lines = [f"# {self.title}. After each colon, your answer; lines with # are comments, and stay yours.",
                 f"# To grade it:  {'machine grade ' if IN_MACHINE else 'make grade LAB='}{self.number}", f"lab: {self.number}", "student:", ""]
        for parameter in self.parameters.values():
            lines += comment(f"{parameter.text} (a whole number, {parameter.least} to {parameter.most})")
            lines += [f"{parameter.key}:", ""]
        for question in self.questions.values():
            lines += comment(question.text)
            lines += [line for letter, text in question.choices.items() for line in comment(f"{letter}) {text}")]
            lines += [f"{question.key}:", ""]
        return "\n".join(lines)


class Parameter:
    """A number that the student chooses and the measurement uses."""

    def __init__(self, key, section):
        self.key, self.text = key, section["text"]
        self.least, self.most = section.getint("min"), section.getint("max")

    def read(self, value):
        """Return the number, or raise Trouble."""
        if not re.fullmatch(r"\d{1,9}", value or "") or not self.least <= int(value) <= self.most:
            raise Trouble(f"{self.key} must be a whole number from {self.least} to {self.most}")
        return int(value)


    def own(self, lab, student):
        """The number that this student is to choose, where the instructor wants each to have another one."""
        digest = hashlib.sha256(f"{lab}:{self.key}:{plain_name(student)}".encode()).digest()
        return self.least + int.from_bytes(digest[:8], "big") % (self.most - self.least + 1)


class Question:
    """What is asked, and how an answer is judged."""

    def __init__(self, key, section):
        self.key, self.text, self.hint = key, " ".join(section["text"].split()), " ".join(section["hint"].split())
        self.type, self.points = section["type"], section.getfloat("points", 1.0)
        self.choices = {name: text for name, text in section.items() if len(name) == 1}
        self.hints = {name[5:]: " ".join(text.split()) for name, text in section.items() if name.startswith("hint_")}
        self.animal, self.aspect = section.getint("animal", 0), section.getint("aspect", 0)
        self.measure, self.tolerance = section.get("measure"), section.get("tolerance")
        if not KEY.fullmatch(key):
            raise ValueError(f"[{key}] is no key")
        good = {"number": self.measure and self.tolerance, "choice": self.choices, "path": True, "trial": True, "mystery": self.choices}
        if not good.get(self.type):
            raise ValueError(f"[{key}] lacks what a {self.type} needs")

    def malformed(self, value):
        """What keeps a text from being an answer at all, or None."""
        if not value:
            return "no answer given"
        if self.type == "number" and not NUMERAL.fullmatch(value):
            return "this is not a plain number such as 12 or 0.25"
        if self.choices and not self.letter(value):
            return f"choose one of {', '.join(self.choices)}"
        return None

    def judge(self, value, solution, measured):
        """Return (right, what to tell the student)."""
        wrong = self.malformed(value)
        if wrong:
            return False, f"{wrong}. {self.hint}"
        return getattr(self, "judge_" + self.type)(value, solution, measured)

    def judge_trial(self, symptom):
        """Nothing wrong was seen."""
        tried = symptom and symptom != UNTRIED and not symptom.startswith("not tried")
        return symptom is None, f"{symptom}. {self.hint}" if tried else symptom

    def judge_number(self, value, _, measured):
        """Within the tolerance of what was measured just now."""
        truth = measured[self.measure]
        share = self.tolerance.endswith("%")
        off = float(self.tolerance.rstrip("%")) * (abs(truth) / 100 if share else 1)
        return abs(float(value) - truth) <= off + 1e-9, self.hint

    def letter(self, value):
        """The letter that somebody chose, written as the template has it, "b) text", or the one or the other of it; or None."""
        value = " ".join(value.lower().split())
        for letter, text in self.choices.items():
            text = re.escape(" ".join(text.lower().split()))
            if re.fullmatch(rf"{text}|\(?{letter}[).:]*(?: {text})?", value):
                return letter
        return None

    def judge_choice(self, value, solution, _):
        """The letter of the solution."""
        letter = self.letter(value)
        return solution.holds(self, letter), self.hints.get(letter, self.hint)

    def judge_mystery(self, value, _, measured):
        """The letter that is right for this student."""
        return self.letter(value) in measured[self.key], self.hint  # one of several, where one mistake breaks two rules

    def judge_path(self, value, solution, _):
        """The same functions in the same order, however written."""
        plain = self.plain(value)
        return solution.holds(self, plain), solution.nearest(self, plain) + self.hint

    def plain(self, value):
        """A choice or a path without what is a matter of taste in it; empty, if it is none."""
        return self.letter(value) or "" if self.type == "choice" else " ".join(NAME.findall(value))

    def accepted(self, value):
        """What a solution's line accepts: itself, and each of a path's alternatives, which " | " separates."""
        return sorted({self.plain(one) for one in (value, *(value.split("|") if self.type == "path" else []))})


class Answers:
    """Somebody's answers.txt. Whatever is in it is text: nothing of it is ever run, or used as a path."""

    def __init__(self):
        self.values, self.troubles = {}, []

    @classmethod
    def read(cls, path):
        """Read a file; raise Trouble when it cannot be read as answers at all."""
        answers = cls()
        try:
            with open(path, "rb") as lines:
                data = lines.read(MOST_BYTES + 1)
        except OSError as problem:
            raise Trouble(f"{os.path.basename(path)}: {problem.strerror}") from problem
        if len(data) > MOST_BYTES:
            raise Trouble(f"the file is larger than {MOST_BYTES // 1024} KiB: these are no answers")
        kind = next((kind for magic, kind in KINDS.items() if data.startswith(magic)), "not text in UTF-8")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = None
        if text is None or kind != "not text in UTF-8":
            raise Trouble(f"the file is {kind}: save it as plain text (UTF-8)")
        for number, line in enumerate(text.splitlines(), 1):
            answers.take(number, line.strip())
        return answers

    def take(self, number, line):
        """One line."""
        if not line or line.startswith("#"):
            return
        key, colon, value = line.partition(":")
        key, value = key.strip().lower(), " ".join(value.split())
        if not colon or not KEY.fullmatch(key):
            self.troubles.append(f"line {number} is not \"key: value\"")
        elif len(value) > MOST_VALUE or not value.isprintable():
            self.troubles.append(f"line {number}: the answer is too long, or has characters that are no text")
        elif self.get(key) and value:
            self.troubles.append(f"line {number}: {key} is given twice; the first one counts")
        elif value or key not in self.values:  # one that was left blank is none
            self.values[key] = value

    def get(self, key):
        """The answer, or an empty string."""
        return self.values.get(key, "")

    def has(self, question):
        """As a solution: does it answer this at all?"""
        return all(question.accepted(self.get(question.key)))

    def holds(self, question, plain):
        """… and is that a right answer?"""
        return plain in question.accepted(self.get(question.key))

    def nearest(self, question, plain):
        """Of a path that is wrong: how much of it is right."""
        names = plain.split()
        most = max(sum(map(str.__eq__, names, one.split())) for one in question.accepted(self.get(question.key)))
        return f"{most} of your {len(names)} names stand where they should. " if names else ""


class Sealed(Answers):
    """A solution that can be compared with, and not read: for each right answer a salt and a hash."""

    ROUNDS = 20000

    @classmethod
    def hash(cls, salt, question, plain):
        """Slow on purpose."""
        return hashlib.pbkdf2_hmac("sha256", f"{question.key}:{plain}".encode(), bytes.fromhex(salt), cls.ROUNDS).hex()[:32]

    @classmethod
    def seal(cls, question, plain):
        """SALT$HASH."""
        salt = os.urandom(12).hex()
        return f"{salt}${cls.hash(salt, question, plain)}"

    def has(self, question):
        """What it is, nobody can know."""
        return bool(self.get(question.key))

    def nearest(self, question, plain):
        """Nobody can know."""
        return ""

    def holds(self, question, plain):
        """Is it one of those?"""
        return any(hmac.compare_digest(self.hash(salt, question, plain), digest)
                   for salt, digest in (one.split("$") for one in self.get(question.key).split()))


def plain_name(student):
    """A name without what is a matter of taste in it, or of the computer that it was typed at."""
    return " ".join(unicodedata.normalize("NFC", student).lower().split())


def comment(text, width=110):
    """A paragraph of comment lines."""
    lines, line = [], "#"
    for word in text.split():
        if len(line) + 1 + len(word) > width:
            lines.append(line)
            line = "#"
        line += " " + word
    return lines + [line]


def labs():
    """All labs, by number."""
    found = sorted(name for name in os.listdir(LABS) if re.fullmatch(r"\d\d-[a-z0-9-]+", name))
    return {name[:2]: os.path.join(LABS, name) for name in found if os.path.exists(os.path.join(LABS, name, "questions"))}


def called(which):
    """The directory of the lab called "3", "03", "napi" or "03-napi", or None."""
    for number, directory in labs().items():
        name = os.path.basename(directory)
        if which in (number, number.lstrip("0"), name, name[3:]):
            return directory
    return None


def find(which):
    """That lab."""
    directory = called(which)
    if directory:
        return Lab(directory)
    choose = ", ".join(os.path.basename(directory) for directory in labs().values())
    raise Trouble(f"no lab {which!r}; there are: {choose}" if which else f"which lab? LAB=NN, one of: {choose}")
