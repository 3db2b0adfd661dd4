"""
Runs a Python handler in an execution environment of local Lambda: fetches events over the Lambda Runtime API (spec 7),
calls the handler, and answers in the words of AWS's Python runtime (spec 5.8, 6.3.2). Needs nothing but the standard
library of Python 3.8 or later. Stands alone: it is copied to dist/bootstrap as it is. The one argument is the project.
"""

import atexit
import decimal
import importlib
import io
import json
import logging
import math
import os
import re
import select
import socket
import struct
import sys
import threading
import time
import traceback

TASK_ROOT = os.environ.get("LAMBDA_TASK_ROOT", "")
# The merged layers; where they lie is nobody's business.
OPT = os.environ.pop("LOCAL_LAMBDA_OPT", "")
# It is there when a debugger is to be waited for: where debugpy lies if this Python has none, or nothing.
DEBUGPY = os.environ.pop("LOCAL_LAMBDA_DEBUGPY", None)
BOOTSTRAP_FILE = os.path.abspath(__file__)
# The runtime that the function declares, not the Python that happens to run it, decides how Lambda answers.
DECLARED = tuple(int(part) for part in re.findall(r"\d+", os.environ.get("AWS_EXECUTION_ENV", "")))[:2]
WRITES_UNICODE = DECLARED >= (3, 12)
HAS_REQUEST_ID = DECLARED >= (3, 9)
LOGS_JSON = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
PROJECT = sys.argv[1] if len(sys.argv) > 1 else TASK_ROOT
FRAMES_FD = 3

request_id = None

# ---- what goes to the server beside the Runtime API: framed, in order, written before the call returns ----

_frames_lock = threading.RLock()
_framed = True


def write_frame(kind, body):
    """
    Type (1 byte: L log event, O/E stdout/stderr bytes, M peak memory in KB, D the debugger's port or `attached`),
    length (4), epoch ms (8), body.
    """
    if not _framed:
        if kind in b"OEL":
            _write_all(2 if kind == b"E" else 1, body)
        return
    with _frames_lock:
        _write_all(FRAMES_FD, struct.pack(">cId", kind, len(body), time.time() * 1000) + body)


def _write_all(descriptor, data):
    view = memoryview(data)
    while len(view) > 0:
        try:
            view = view[os.write(descriptor, view) :]
        except BlockingIOError:
            select.select([], [descriptor], [])
        except OSError:
            return  # The server is gone; so are we, soon.


def _write_unframed():
    # Frames of two processes would run into each other: one that the handler forks writes to the plain streams.
    global _framed
    _framed = False


def report_memory():
    """getrusage's peak counts the memory of the process we were forked from; Linux tells our own."""
    try:
        with open("/proc/self/status", "rb") as status:
            found = re.search(rb"^VmHWM:\s+(\d+)", status.read(), re.MULTILINE)
        write_frame(b"M", found.group(1) if found else b"0")
    except OSError:
        try:
            import resource

            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            write_frame(b"M", str(peak // 1024 if sys.platform == "darwin" else peak).encode())
        except ImportError:
            pass  # Windows does not tell without more.


class FramedBytes(io.RawIOBase):
    """Standard output or error, as bytes."""

    def __init__(self, kind, descriptor):
        self._kind = kind
        self._descriptor = descriptor

    def writable(self):
        return True

    def fileno(self):
        return self._descriptor

    def write(self, data):
        data = bytes(data)
        write_frame(self._kind, data)
        return len(data)


class FramedText(io.TextIOWrapper):
    """Standard output or error: written at once, with the paths that Lambda has."""

    def write(self, text):
        super().write(virtual(text) if isinstance(text, str) else text)
        return len(text)


def frame_streams():
    try:
        os.set_inheritable(FRAMES_FD, False)
    except OSError:
        _write_unframed()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_write_unframed)
    for name, kind, descriptor, errors in (("stdout", b"O", 1, "strict"), ("stderr", b"E", 2, "backslashreplace")):
        raw = FramedBytes(kind, descriptor)
        stream = FramedText(raw, encoding="utf-8", errors=errors, newline="\n", write_through=True)
        stream.mode = "w"
        setattr(sys, name, stream)
        setattr(sys, "__%s__" % name, stream)


# ---- paths as they are on Lambda, in what people read ----


def _virtual_paths():
    library = os.path.dirname(os.path.abspath(os.__file__))
    on_lambda = "/var/lang/lib/python%d.%d" % sys.version_info[:2]
    paths = {BOOTSTRAP_FILE: "/var/runtime/bootstrap.py"}
    for real, known in ((library, on_lambda), (TASK_ROOT, "/var/task"), (OPT, "/opt")):
        for path in {real, os.path.realpath(real)} if real else ():
            if os.path.dirname(path) != path:
                paths[path] = known
    return paths


_VIRTUAL_PATHS = _virtual_paths()
# Packages are not part of the library that they are installed below.
_REAL_PATHS = re.compile(
    "|".join(
        r"(?<![\w./-])" + re.escape(path) + r"(?![\w-]|\.\w|[/\\](?:site|dist)-packages\b)"
        for path in sorted(_VIRTUAL_PATHS, key=len, reverse=True)
    )
)
_MARKS = tuple(_VIRTUAL_PATHS)


def virtual(text):
    """The real task root reads `/var/task`, that of the layers `/opt`, Python's library `/var/lang/lib/python3.N`."""
    if not any(mark in text for mark in _MARKS):
        return text
    return _REAL_PATHS.sub(lambda match: _VIRTUAL_PATHS[match.group()], text)


# ---- logging ----


class LogSink:
    """Takes one message, a log event of its own."""

    def log(self, message):
        self.log_as_it_is(virtual(message))

    def log_as_it_is(self, message):
        write_frame(b"L", message.encode("utf-8", "backslashreplace"))

    def hint(self, text):
        """What local Lambda has to say to people, with this machine's paths."""
        if LOGS_JSON:
            text = json.dumps({"timestamp": _timestamp(time.time()), "level": "WARNING", "message": text})
        self.log_as_it_is(text + "\n")


def _timestamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON (spec 5.9); what the program added to it comes last."""

    #: What every record has, and Lambda does not write.
    _OWN = set(logging.makeLogRecord({}).__dict__) | {"aws_request_id", "tenant_id", "taskName"}

    def format(self, record):
        line = {
            "timestamp": _timestamp(record.created),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info:
            kind, error, trace = record.exc_info
            line["stackTrace"] = traceback.format_tb(trace)
            line["errorType"] = kind.__name__ if kind else None
            line["errorMessage"] = str(error)
        line["requestId"] = getattr(record, "aws_request_id", None)
        if record.exc_info:
            line["location"] = "%s:%s:%d" % (record.pathname, record.funcName, record.lineno)
        for key, value in record.__dict__.items():
            if key not in self._OWN:
                line.setdefault(key, value)
        return _json_line({key: value for key, value in line.items() if value is not None})


def _json_line(line):
    return json.dumps(_virtual_values(line), ensure_ascii=False) + "\n"


def _virtual_values(value):
    if isinstance(value, str):
        return virtual(value)
    if isinstance(value, dict):
        return {key: _virtual_values(child) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [_virtual_values(child) for child in value]
    return value


class LambdaLoggerHandler(logging.Handler):
    """The root logger's only handler on Lambda; known by its name to libraries."""

    def __init__(self, log_sink):
        super().__init__()
        self.log_sink = log_sink

    def emit(self, record):
        self.log_sink.log(self.format(record))


class LambdaLoggerFilter(logging.Filter):
    """What Lambda adds to every record."""

    def filter(self, record):
        record.aws_request_id = request_id or ""
        record.tenant_id = None
        return True


def set_up_logging(log_sink):
    logging.Formatter.converter = time.gmtime
    handler = LambdaLoggerHandler(log_sink)
    text_format = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
    handler.setFormatter(JsonFormatter() if LOGS_JSON else logging.Formatter(text_format, "%Y-%m-%dT%H:%M:%S"))
    handler.addFilter(LambdaLoggerFilter())
    logging.getLogger().addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    if level:
        # Python has no TRACE.
        logging.getLogger().setLevel("DEBUG" if level == "TRACE" else level)


def log_error(error, log_sink):
    """
    `[ERROR] Type: message`, the word Traceback, and the frames, indented with no-break spaces: one log event; or a line
    of JSON.
    """
    if LOGS_JSON:
        line = {"timestamp": _timestamp(time.time()), "log_level": "ERROR", **error}
        log_sink.log_as_it_is(json.dumps(line, ensure_ascii=not WRITES_UNICODE) + "\n")
        return
    lines = ["[ERROR] " + ": ".join(part for part in (error["errorType"], error["errorMessage"]) if part)]
    lines.append("Traceback (most recent call last):")
    for element in error["stackTrace"]:
        for line in element.splitlines() or [""]:
            bare = line.lstrip(" ")
            lines.append("\u00a0" * (len(line) - len(bare)) + bare)
    log_sink.log_as_it_is("\n".join(lines))


# ---- errors ----


class Fault(Exception):
    """An error that the runtime itself finds: `Runtime.…`. `hint` is for this machine, with its real paths."""

    def __init__(self, kind, message, trace=(), hint=""):
        super().__init__(message)
        self.kind = "Runtime." + kind
        self.message = message
        self.trace = list(trace)
        self.hint = hint


def make_error(message, error_type, trace):
    """The error JSON that Lambda hands on byte for byte, as a dict in the order of AWS's keys (spec 6.3.2)."""
    error = {"errorMessage": virtual(message), "errorType": error_type}
    if HAS_REQUEST_ID:
        error["requestId"] = request_id or ""
    error["stackTrace"] = [virtual(element) for element in trace]
    return error


def error_of(exception):
    if isinstance(exception, Fault):
        error = make_error(exception.message, exception.kind, exception.trace)
        if exception.hint:
            error["errorMessage"] += "\n" + exception.hint
        return error
    # Tuples, as AWS's runtime makes them: Python then writes no column markers below the line.
    frames = [
        (frame.filename, frame.lineno, frame.name, frame.line)
        for frame in traceback.extract_tb(exception.__traceback__)
    ]
    while len(frames) > 1 and frames[0][0] in (BOOTSTRAP_FILE, __file__):
        frames.pop(0)
    return make_error(str(exception), type(exception).__name__, traceback.format_list(frames))


# ---- modules that are not there ----

#: What AWS's runtime brings along (https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html).
PROVIDED = {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six"}
#: Modules whose package has another name.
PACKAGES = {
    "bs4": "beautifulsoup4",
    "Crypto": "pycryptodome",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "distutils": "setuptools",
    "dotenv": "python-dotenv",
    "jwt": "PyJWT",
    "PIL": "pillow",
    "pkg_resources": "setuptools",
    "psycopg2": "psycopg2-binary",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}


def missing_package(error, handler_module=""):
    """The top-level module that an import did not find and that pip could install, or None."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    name = error.name.split(".")[0]
    own = name == handler_module.replace("/", ".").split(".")[0] or any(
        os.path.exists(os.path.join(TASK_ROOT, candidate)) for candidate in (name, name + ".py")
    )
    return None if own or name in getattr(sys, "stdlib_module_names", ()) else name


def install_hint(name):
    import sysconfig

    wanted = _requirements_with(PACKAGES.get(name, name)) or PACKAGES.get(name, name)
    command = "%s -m pip install %s" % (_quoted(sys.executable), wanted)

    managed = os.path.exists(os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED"))
    if managed and sys.prefix == sys.base_prefix:
        # pip refuses to touch the system's Python.
        folder = os.path.join(PROJECT, ".venv")
        python = os.path.join(folder, "Scripts" if os.name == "nt" else "bin", "python")
        command = "%s -m venv %s && %s -m pip install %s" % (
            _quoted(sys.executable),
            _quoted(folder),
            _quoted(python),
            wanted,
        )
    if name in PROVIDED:
        return "On AWS the runtime provides '%s'; locally it comes from your project. Run: %s" % (name, command)
    return "The module '%s' is not installed for the Python that runs this function. Run: %s" % (name, command)


def _requirements_with(package):
    """`-r …/requirements.txt` where the function or the project has one that names the package."""
    for folder in (TASK_ROOT, PROJECT):
        path = os.path.join(folder, "requirements.txt")
        try:
            with open(path, encoding="utf-8") as file:
                if re.search(r"^%s(?![\w.-])" % re.escape(package), file.read(), re.MULTILINE | re.IGNORECASE):
                    return "-r " + _quoted(path)
        except (OSError, UnicodeDecodeError):
            pass
    return None


def _quoted(path):
    return '"%s"' % path if re.search(r"[\s&()]", path) else path


# ---- JSON as AWS's runtime reads and writes it ----


def read_event(body):
    try:
        return json.loads(body.decode("utf-8"))
    except Exception as error:
        raise Fault("UnmarshalError", "Unable to unmarshal input: %s" % error)


def write_response(response):
    if isinstance(response, bytes):
        return response
    try:
        text = to_json(response)
    except Exception as error:
        raise Fault("MarshalError", "Unable to marshal response: %s" % error)
    return text.encode("utf-8")


def to_json(value):
    """`", "` and `": "` between things; beyond ASCII escaped below Python 3.12 (spec 6.3.2)."""
    if _is_plain(value):
        return json.dumps(value, ensure_ascii=not WRITES_UNICODE)
    return "".join(_encode(value, set()))


_LEAVES = {str, int, float, bool, type(None)}


def _is_plain(value):
    """Whether the standard library writes it as simplejson does, which AWS's runtime uses."""
    seen = set()
    waiting = [(value,)]
    while waiting:
        for child in waiting.pop():
            kind = type(child)
            if kind in _LEAVES:
                continue
            if kind is not dict and kind is not list and kind is not tuple:
                return False
            if id(child) not in seen:
                seen.add(id(child))
                waiting.append(child.values() if kind is dict else child)
    return True


def _encode(value, parents):
    """Also decimals (as numbers), bytes (as text) and named tuples (as objects)."""
    if isinstance(value, bytes):
        value = value.decode("utf-8")
    if isinstance(value, str) or value is None or isinstance(value, (bool, int, float)):
        yield json.dumps(value, ensure_ascii=not WRITES_UNICODE)
        return
    if isinstance(value, decimal.Decimal):
        yield json.dumps(math.nan) if value.is_nan() else str(value)
        return
    as_dict = getattr(value, "_asdict", None)
    if isinstance(value, tuple) and callable(as_dict):
        value = as_dict()
    if not isinstance(value, (dict, list, tuple)):
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)
    if id(value) in parents:
        raise ValueError("Circular reference detected")
    parents.add(id(value))
    if isinstance(value, dict):
        yield "{"
        for index, (key, child) in enumerate(value.items()):
            yield ("" if index == 0 else ", ") + _encode_key(key) + ": "
            yield from _encode(child, parents)
        yield "}"
    else:
        yield "["
        for index, child in enumerate(value):
            if index > 0:
                yield ", "
            yield from _encode(child, parents)
        yield "]"
    parents.discard(id(value))


def _encode_key(key):
    """A key of another kind is refused, and others made text, in the library's own way."""
    if isinstance(key, bytes):
        key = key.decode("utf-8")
    if isinstance(key, decimal.Decimal):
        key = str(key)
    return json.dumps({key: 0}, ensure_ascii=not WRITES_UNICODE)[1:-4]


# ---- the context object ----


class _Fields:
    """An object with the fields of its class, those that are not given None."""

    __slots__ = ()

    def __init__(self, values):
        for name in self.__slots__:
            setattr(self, name, values.get(name))

    def __repr__(self):
        return "%s([%s])" % (
            type(self).__name__,
            ",".join("%s=%s" % (name, getattr(self, name)) for name in self.__slots__),
        )


class CognitoIdentity(_Fields):
    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(_Fields):
    __slots__ = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class ClientContext(_Fields):
    __slots__ = ("custom", "env", "client")


class LambdaContext:
    """What a handler gets beside its event (https://docs.aws.amazon.com/lambda/latest/dg/python-context.html)."""

    def __init__(self, headers, log_sink):
        client = _parsed(headers, "lambda-runtime-client-context", "Client Context")
        identity = _parsed(headers, "lambda-runtime-cognito-identity", "Cognito Identity") or {}
        self.aws_request_id = request_id
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self.client_context = None if client is None else ClientContext(client)
        if client is not None and client.get("client") is not None:
            self.client_context.client = Client(client["client"])
        self.identity = CognitoIdentity(
            {
                "cognito_identity_id": identity.get("cognitoIdentityId"),
                "cognito_identity_pool_id": identity.get("cognitoIdentityPoolId"),
            }
        )
        self._epoch_deadline_time_in_ms = int(headers.get("lambda-runtime-deadline-ms", "0"))
        self._log_sink = log_sink

    def get_remaining_time_in_millis(self):
        return max(self._epoch_deadline_time_in_ms - int(time.time() * 1000), 0)

    def log(self, message):
        self._log_sink.log(str(message))

    def __repr__(self):
        fields = (
            "aws_request_id",
            "log_group_name",
            "log_stream_name",
            "function_name",
            "memory_limit_in_mb",
            "function_version",
            "invoked_function_arn",
            "client_context",
            "identity",
            "tenant_id",
        )
        return "LambdaContext([%s])" % ",".join("%s=%s" % (name, getattr(self, name)) for name in fields)


def _parsed(headers, name, title):
    text = headers.get(name)
    if not text:
        return None
    try:
        return json.loads(text)
    except Exception as error:
        raise Fault("LambdaContextUnmarshalError", "Unable to parse %s JSON: %s" % (title, error))


# ---- the Runtime API, over one connection of our own: http.client costs start-up time, and handlers may patch it ----


class RuntimeApi:
    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self._host = address
        self._buffer = b""
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A handler may set a default; a runtime waits for its next event for hours.
        self._socket.settimeout(None)

    def next(self):
        """Waits for the next event: its headers (names in lower case) and bytes."""
        report_memory()
        return self._request("GET", "invocation/next")

    def respond(self, body):
        self._request("POST", "invocation/%s/response" % request_id, body, "application/json")

    def fail(self, error):
        """Tells of an error: of the open invocation, or of init."""
        path = "init/error" if request_id is None else "invocation/%s/error" % request_id
        kind = re.sub(r"[^\x21-\x7e]", "?", error["errorType"])
        headers = "Lambda-Runtime-Function-Error-Type: %s\r\n" % kind
        body = to_json(error).encode("utf-8", "backslashreplace")
        self._request("POST", path, body, "application/vnd.aws.lambda.error+json", headers)

    def _request(self, method, path, body=b"", content_type="", headers=""):
        head = "%s /2018-06-01/runtime/%s HTTP/1.1\r\nHost: %s\r\n%s" % (method, path, self._host, headers)
        if method != "GET":
            head += "Content-Type: %s\r\nContent-Length: %d\r\n" % (content_type, len(body))
        try:
            self._socket.sendall(head.encode("latin-1") + b"\r\n" + body)
            return self._answer()
        except OSError:
            os._exit(1)  # The server is gone.

    def _answer(self):
        while b"\r\n\r\n" not in self._buffer:
            self._receive()
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        headers = {}
        for line in head.decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        chunks = [rest]
        received = len(rest)
        while received < length:
            self._buffer = b""
            self._receive()
            chunks.append(self._buffer)
            received += len(self._buffer)
        whole = b"".join(chunks)
        self._buffer = whole[length:]
        return headers, whole[:length]

    def _receive(self):
        chunk = self._socket.recv(1 << 18)
        if not chunk:
            raise OSError("closed")
        self._buffer += chunk


# ---- handler string → function (spec 7, "Handler string → entry point") ----


def load_handler(text, log_sink):
    module_name, dot, name = text.rpartition(".")
    if not dot:
        raise Fault("MalformedHandlerName", "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % text)
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault("BuiltInModuleConflict", "Cannot use built-in module %s as a handler module" % module_name)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = "Unable to import module '%s': %s" % (module_name, error)
        missing = missing_package(error, module_name)
        hint = install_hint(missing) if missing else ""
        if hint and missing not in PROVIDED:
            # AWS would say no more than that it is missing.
            log_sink.hint(hint)
            hint = ""
        raise Fault("ImportModuleError", message, hint=hint)
    except SyntaxError as error:
        trace = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)]
        raise Fault("UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, error), trace)
    try:
        return getattr(module, name)
    except AttributeError:
        raise Fault("HandlerNotFound", "Handler '%s' missing on module '%s'" % (name, module_name))


def keep_caches_true():
    """
    Python takes a cached module for current when its source has the second and the size that it had. A source saved
    just now may be saved again within that second, so nothing is cached of it yet.
    """
    from importlib.machinery import SourceFileLoader

    original = getattr(SourceFileLoader, "_cache_bytecode", None)
    if original is None:
        return

    def cache_bytecode(self, source_path, cache_path, data):
        try:
            if abs(time.time() - os.stat(source_path).st_mtime) < 2:
                return None
        except OSError:
            return None
        return original(self, source_path, cache_path, data)

    SourceFileLoader._cache_bytecode = cache_bytecode


# ---- debugging ----


def import_debugpy():
    """The person's own, else the function's, else the one of VS Code's extension; as environments/debugpy.ts looks for it."""
    for folder in (None, TASK_ROOT, DEBUGPY):
        if folder:
            sys.path.append(folder)
        try:
            return importlib.import_module("debugpy")
        except ImportError:
            if folder:
                sys.path.remove(folder)
            failure = sys.exc_info()[1]
    raise failure


def wait_for_debugger(log_sink):
    """Listens on loopback, tells where, and waits until somebody is attached and has set breakpoints."""
    before = dict(os.environ)
    try:
        debugpy = import_debugpy()
        # What the handler starts waits for nobody.
        debugpy.configure(subProcess=False)
        _, port = debugpy.listen(("127.0.0.1", 0))
    except Exception as error:
        log_sink.hint("debugpy can't be started, so no debugger is waited for: %s" % error)
        write_frame(b"D", b"none")
        return
    finally:
        # The handler's are its own.
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update(before)
    write_frame(b"D", b"%d" % port)
    debugpy.wait_for_client()
    write_frame(b"D", b"attached")


# ---- the loop ----


# The name and the line of the call are in users' stacks: where AWS's runtime calls the handler they read so.
def handle_event_request(api, request_handler, headers, body, log_sink):
    try:
        lambda_context = LambdaContext(headers, log_sink)
        event = read_event(body)
        response = request_handler(event, lambda_context)
        answer = write_response(response)
    except Exception as error:
        failure = error_of(error)
        missing = missing_package(error)
        if missing:
            log_sink.hint(install_hint(missing))
        log_error(failure, log_sink)
        api.fail(failure)
        return
    api.respond(answer)


def main():
    global request_id
    frame_streams()
    log_sink = LogSink()
    set_up_logging(log_sink)
    atexit.register(report_memory)
    keep_caches_true()
    if DEBUGPY is not None:
        wait_for_debugger(log_sink)
    # As on Lambda: the task root comes first, and the folder of this file is nobody's business.
    sys.path[0] = TASK_ROOT
    del sys.argv[1:]
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = load_handler(os.environ.get("_HANDLER", ""), log_sink)
    except Exception as error:
        failure = error_of(error)
        log_error(failure, log_sink)
        api.fail(failure)
        sys.exit(1)
    while True:
        headers, body = api.next()
        request_id = headers.get("lambda-runtime-aws-request-id")
        if headers.get("lambda-runtime-trace-id"):
            os.environ["_X_AMZN_TRACE_ID"] = headers["lambda-runtime-trace-id"]
        else:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        handle_event_request(api, handler, headers, body, log_sink)


if __name__ == "__main__":
    main()
