# SPDX-License-Identifier: GPL-2.0-only
"""grading.py - judge answers: one person's as TAP with hints and as Gradescope's results.json, a class's as one CSV."""

import csv
import json
import os
import sys
from collections import Counter

import submission
from course import IN_MACHINE, Answers, Lab, Trouble, find, labs, plain_name
from measuring import measure, written
from pipe import write_whole
from similar import similar

ENDINGS = (".txt", ".text", ".md", ".rst", ".doc", ".docx", ".odt", ".rtf", ".pdf", ".pages", ".html", ".htm", ".zip", ".gz", ".tar",
           ".png", ".jpg", ".jpeg", ".json", ".csv", ".xlsx", ".c")
OURS = ("solution", "skeleton")  # a lab's directories, in a copy of the repository
FORMULA = ("=", "+", "-", "@", "\t")  # what a spreadsheet would run, at the beginning of a cell


class Grade:
    """The verdict on one person's answers to one lab."""

    def __init__(self, lab, answers, own=False):
        self.lab, self.answers, self.verdicts = lab, answers, []
        self.own = own or bool(lab.pool)  # it depends on whose answers they are
        self.alien = answers.get("lab").lstrip("0") != lab.number.lstrip("0")
        self.parameters, self.why = {}, None  # why: what leaves numbers without a truth to compare them with
        self.unmeasured = None  # … which is no fault of the answers
        if self.alien:
            self.why = f"these are not answers to lab {lab.number}: it lacks the line \"lab: {lab.number}\""
            return
        try:
            if lab.pool:
                lab.animals(answers.get("student"))
            self.parameters = {key: parameter.read(answers.get(key)) for key, parameter in lab.parameters.items()}
            if own:
                self.check_own(answers.get("student"))
        except Trouble as trouble:
            self.why = str(trouble)

    def check_own(self, student):
        """Raise Trouble if a number is not this student's own."""
        if self.lab.parameters and not student:
            raise Trouble("write your name after \"student:\" first: your number depends on it")
        for key, parameter in self.lab.parameters.items():
            number = parameter.own(self.lab.number, student)
            if self.parameters[key] != number:
                raise Trouble(f"{key}: {self.parameters[key]} is not the number of {student}, which is {number}: measure, and answer, for that")

    def judge(self, solution, measured):
        """Judge every question."""
        for question in self.lab.questions.values():
            if self.alien or self.why and question.type in ("number", "mystery"):
                right, text = False, self.why
            else:
                right, text = question.judge(self.answers.get(question.key), solution, measured)
            self.verdicts.append((question, right, text))

    def form(self, question):
        """What is wrong with the form of an answer, for whoever reads one line about it; of one that was given."""
        value = self.answers.get(question.key)
        wrong = value and not self.why and question.malformed(value)
        return f" ({wrong})" if wrong else ""

    @property
    def score(self):
        """Points."""
        return sum(question.points for question, right, _ in self.verdicts if right)

    @property
    def most(self):
        """Points there are."""
        return self.lab.most

    def tap(self, out):
        """Print it for people and for prove."""
        print(f"1..{len(self.verdicts)}", file=out)
        for trouble in self.answers.troubles:
            print(f"# {trouble}", file=out)
        for number, (question, right, text) in enumerate(self.verdicts, 1):
            print(f"{'ok' if right else 'not ok'} {number} - {question.key}", file=out)
            if not right:
                print(f"#   {question.text}\n#   {text}", file=out)
        print(f"# {self.score:g} of {self.most:g} points", file=out)

    def gradescope(self):
        """The object that Gradescope's autograder reads."""
        return {
            "score": self.score, "output_format": "text",
            "output": "\n".join(self.answers.troubles) or f"Lab {self.lab.number}: {self.lab.title}",
            "tests": [{
                "name": question.key, "number": str(number), "score": question.points if right else 0,
                "max_score": question.points, "status": "passed" if right else "failed",
                "output": question.text if right else f"{question.text}\n{text}",
            } for number, (question, right, text) in enumerate(self.verdicts, 1)],
        }


class ProgramGrade(Grade):
    """The verdict on a program that somebody wrote."""

    def __init__(self, lab, path):  # pylint: disable=super-init-not-called # there are no answers to read
        self.lab, self.answers, self.verdicts, self.path, self.why, self.own = lab, Answers(), [], path, None, False

    def try_out(self, suite):
        """Judge it."""
        try:
            symptoms = submission.judge(self.lab, self.path, suite)
        except submission.Unreadable as trouble:
            self.why = str(trouble)
            self.answers.troubles.append(self.why)
            symptoms = dict.fromkeys(self.lab.questions, self.why)
        for question in self.lab.questions.values():
            self.verdicts.append((question, *question.judge_trial(symptoms[question.key])))


def judge_all(grades, suite, solutions, fresh=False):
    """Measure what is needed for these grades, all of one lab, and judge them."""
    lab = grades[0].lab
    lab.require(suite)
    solution = lab.solution(solutions)
    needs = any(question.type == "number" for question in lab.questions.values())
    sets = [grade.parameters for grade in grades if needs and not grade.why]
    measured = measure(lab, suite, sets, fresh) if sets else {}
    for grade in grades:
        numbers = {} if grade.why else measured.get(written(grade.parameters), {})
        if isinstance(numbers, Trouble):
            grade.unmeasured = numbers
            continue
        own = lab.mysteries(grade.answers.get("student"), solutions) if lab.pool and not grade.why else {}
        grade.judge(solution, {**numbers, **own})


def write_results(path, results, named=False):
    """Write Gradescope's file. (Unless it was named, a link of that name may be the student's, or a pipe.)"""
    text = json.dumps(results, indent=1)
    try:
        if named and os.path.exists(path) and not os.path.isfile(path):  # /dev/stdout, or a pipe
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
        else:
            write_whole(path, text)
    except OSError as problem:
        raise Trouble(f"{path} cannot be written: {problem.strerror} (RESULTS=FILE names another)") from problem


def grade_one(lab, path, results, suite, solutions, fresh=False, own=False):
    """Grade a file. Return whether all was right."""
    if lab.program:
        grade = ProgramGrade(lab, path)
        grade.try_out(suite)
    else:
        try:
            answers = Answers.read(path)
        except Trouble as trouble:
            answers = Answers()
            answers.troubles.append(str(trouble))
        grade = Grade(lab, answers, own)
        judge_all([grade], suite, solutions, fresh)
        if grade.unmeasured:
            raise grade.unmeasured
    grade.tap(sys.stdout)
    named, results = bool(results), results or os.path.join(os.path.dirname(path), "results.json")
    write_results(results, grade.gradescope(), named)
    if not IN_MACHINE:
        print(f"grade: {results} has it for Gradescope", file=sys.stderr)
    return grade.score == grade.most


def junk(name):
    """What operating systems and office programs leave in directories: nobody's answers."""
    return name.startswith((".", "~$")) or name.lower() in ("__macosx", "thumbs.db", "desktop.ini", "results.json")


def student_of(name):
    """A file's name without what tells its type: "ann" of "ann.txt"; but "j.smith" stays."""
    stem, ending = os.path.splitext(name)
    return stem if stem and ending.lower() in ENDINGS else name


def files(directory):
    """Every file and link below a directory, junk and a lab's own solution left out. What cannot be entered is named, too."""
    unread = []
    for base, directories, names in os.walk(directory, onerror=unread.append):
        links = [name for name in directories if os.path.islink(os.path.join(base, name))]
        ours = OURS if "questions" in names else ()
        directories[:] = sorted(name for name in directories if not junk(name) and name not in ours)
        yield from (os.path.join(base, name) for name in sorted(names + links) if not junk(name))
    yield from (problem.filename for problem in unread)


def answers_among(found, wanted, lab, place):
    """Of a student's files at a place those to grade: if there are any in that lab's directory only these, as in a copy of the whole
    repository; of these by the right name, if there are; else whatever has its ending."""
    def below(one, name):
        return f"/{name}/" in f"/{os.path.relpath(one, place)}"
    found = [one for one in found if lab and below(one, lab)] or found
    ending = os.path.splitext(wanted)[1]
    alike = [one for one in found if os.path.splitext(one.lower())[1] == ending or os.path.basename(one).lower() == "answers"]
    for best in (lambda one: os.path.basename(one).lower() in (wanted, "answers"),
                 lambda one: not any(below(one, name) for name in OURS)):
        alike = list(filter(best, alike)) or alike
    return alike


def submissions(directory, wanted="answers.txt", lab=None):
    """Every submission in a directory, as (student, path, what is wrong with it): a file NAME.txt or NAME, or a directory NAME
    with answers.txt, or anything.txt, in it; for a program likewise with .c. lab is the name of the lab's directory, if only one
    lab is graded. Links are not followed."""
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        if junk(name):
            continue
        if os.path.islink(path) or not os.path.isdir(path):
            yield student_of(name), path, unusable(path)
            continue
        try:
            found = list(files(path))
        except RecursionError:
            yield name, path, "directories that are too deep"
            continue
        answers = answers_among(found, wanted, lab, path)
        for one in answers:
            yield name, one, unusable(one)
        if not answers:
            also = ", ".join(os.path.relpath(one, path) for one in found[:3]) + ", …" * (len(found) > 3)
            yield name, path, f"no {wanted}, but {also}" if found else "an empty directory"


def unusable(path):
    """What keeps a file from being read as answers, before it is opened; or None."""
    if os.path.islink(path):
        return "a link, not a file"
    if not os.path.isfile(path):
        return "not a file"
    return None


def cell(text):
    """Text that no spreadsheet takes for a formula."""
    text = "".join(c if c.isprintable() else "?" for c in text)
    return "'" + text if text.startswith(FORMULA) else text


def fill(row, grade, where="", names=None):
    """A student's row, from the grade. where says which of a student's files it is, if there are several; names, how many files
    are in whose name: the one in the file is what counts, whatever the file is called."""
    wrong = [question.key + grade.form(question) for question, right, _ in grade.verdicts if not right]
    remarks = ([grade.why] if grade.why else []) + [one for one in grade.answers.troubles[:5] if one != grade.why]
    same = (names or {}).get(plain_name(grade.answers.get("student")), 0)
    if grade.own and same > 1:
        remarks.append(f"{same} files are in the name of {grade.answers.get('student')}")
    row.update(lab=grade.lab.number, score=f"{grade.score:g}", max=f"{grade.most:g}", percent=str(int(100 * grade.score / grade.most + 0.5)),
               remarks=cell((where + "; ".join(remarks + ([f"wrong: {', '.join(wrong)}"] if wrong else []))).removesuffix(": ")))


def not_graded(row, trouble, lab):
    """A row without points, for what is no fault of the student's."""
    row.update(lab=lab, score="", max="", percent="", remarks=cell(f"not graded: {trouble}"))


def grade_class(directory, only, out, suite, solutions, own=False):
    """Grade a directory of submissions to one CSV: a row for each file. "only" is a Lab, or None for all. Return whether all could
    be graded."""
    table = csv.DictWriter(out, ["student", "lab", "score", "max", "percent", "remarks"])
    rows, by_lab = [], {}
    known = {number: Lab(path) for number, path in labs().items()} if not only else {only.number: only}
    found = list(submissions(directory, only.submission, only.name) if only else submissions(directory))
    if not found:
        raise Trouble(f"no submissions in {directory}")
    if only and not only.program:  # what is the same for all is told once
        only.require(suite)
        only.solution(solutions)
    several = Counter(student for student, _, _ in found)
    nothing = {"lab": only.number if only else "", "score": 0, "percent": 0, "remarks": "",
               "max": f"{only.most:g}" if only else 0}
    for student, path, wrong in found:
        row = {"student": cell(student), **nothing}
        rows.append(row)
        where = f"{os.path.relpath(path, directory)}: " if several[student] > 1 else ""
        try:
            if wrong:
                raise Trouble(wrong)
            if only and only.program:
                grade_program(row, only, path, suite, where)
            else:
                answers = Answers.read(path)
                lab = lab_of(answers, only, known)
                by_lab.setdefault(lab.number, []).append((row, Grade(lab, answers, own), where))
        except Trouble as trouble:
            row["remarks"] = cell(f"{where}{trouble}")
        if only and only.program:  # each takes minutes: what is known is written
            if len(rows) == 1:
                table.writeheader()
            table.writerow(row)
            out.flush()
    for number in sorted(by_lab):
        grade_lab(by_lab[number], suite, solutions)
    if not (only and only.program):
        table.writeheader()
        table.writerows(rows)
    return all(row["score"] != "" for row in rows)


def lab_of(answers, only, known):
    """Which lab these are answers to."""
    lab = only or known.get(answers.get("lab").zfill(2))
    if not lab:
        raise Trouble("no line \"lab: NN\" that names a lab")
    if lab.program:
        raise Trouble(f"lab {lab.number} is a program, which LAB={lab.number} grades")
    return lab


def grade_program(row, lab, path, suite, where):
    """One program of a class's."""
    one = ProgramGrade(lab, path)
    try:
        one.try_out(suite)
        fill(row, one, where)
    except Trouble as trouble:  # ours: the next one may do
        print(f"grade: {trouble}", file=sys.stderr)
        not_graded(row, trouble, lab.number)


def grade_lab(some, suite, solutions):
    """Those of a class's answers that are of one lab. What is wrong with one lab does not stop the others."""
    try:
        judge_all([one for _, one, _ in some], suite, solutions)
    except Trouble as trouble:
        print(f"grade: {trouble}", file=sys.stderr)
        for row, one, _ in some:
            not_graded(row, trouble, one.lab.number)
        return
    names = Counter(plain_name(one.answers.get("student")) for _, one, _ in some if one.answers.get("student"))
    for row, one, where in some:
        if one.unmeasured:
            print(f"grade: {one.unmeasured}", file=sys.stderr)
            not_graded(row, one.unmeasured, one.lab.number)
        else:
            fill(row, one, where, names)


def grade_similar(lab, directory, out):
    """Print which of a class's programs are alike."""
    table = csv.writer(out)
    table.writerow(["percent", "of", "is also in"])
    for percent, one, other in similar(lab, list(submissions(directory, lab.submission, lab.name))):
        table.writerow([percent, cell(one), cell(other)])


def grade(which, answers, results, suite, solutions, fresh=False, own=False):
    """What "labs/lab grade" does: a file, or a directory of them. Return whether all was right; of a class, whether all could be
    graded."""
    if answers and os.path.isdir(answers):
        return grade_class(answers, find(which) if which else None, sys.stdout, suite, solutions, own)
    lab = find(which)
    path = answers or os.path.join(lab.directory, lab.submission)
    if not os.path.lexists(path):
        raise Trouble(f"no answers in {path}: \"make lab LAB={lab.number}\" puts a file there to fill in")
    return grade_one(lab, path, results, suite, solutions, fresh, own)
