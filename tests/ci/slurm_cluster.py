"""A Slurm of several nodes on loopback, of one CPU each, that needs root but neither systemd nor /etc nor /var.

Every daemon stays in the foreground as a child of this process. A slurmd is the reaper of what it starts (a
slurmstepd makes itself an orphan), so the processes of a node are the descendants of its slurmd.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "sinfo"]
SBIN = "/usr/sbin"

_prctl = ctypes.CDLL(None, use_errno=True).prctl


def _reap_and_die_with_the_test():
    _prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def descendants(root):
    """Process ids below `root`, parents first; without those that only wait to be reaped."""
    children = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            # pid (comm) state ppid …; comm may hold anything.
            state, parent = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            children.setdefault(int(parent), []).append(int(entry))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, []))
    return found[1:]


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def wait_for(what, condition, seconds):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.1)


def free_ports(count):
    """Neighbours below the range that the kernel gives away by itself."""
    for first in range(20000 + os.getpid() % 100 * 100, 32000, 100):
        sockets = []
        try:
            for port in range(first, first + count):
                sockets.append(socket.socket())
                sockets[-1].bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for each in sockets:
                each.close()
    raise AssertionError("no free ports")


class Cluster:
    """Use as a context, after go_on_in_a_child. `home` is an empty directory; daemons' logs are in home/log."""

    def __init__(self, home, nodes=3):
        self.home = Path(home)
        self.nodes = [f"n{i + 1}" for i in range(nodes)]
        self.daemons = {}
        self.env = dict(os.environ, SLURM_CONF=str(self.home / "slurm.conf"),
                        PATH=f"{os.environ.get('PATH', '')}:{SBIN}")

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_):
        self._stop()

    def _start(self):
        for name in ["munge", "state", "log"]:
            (self.home / name).mkdir(parents=True)
        for each in [self.home, self.home / "munge"]:
            each.chmod(0o711)  # munged refuses a socket that others cannot reach
        self._write_key()
        self._write_config(free_ports(len(self.nodes) + 1))
        munge = self.home / "munge"
        self._daemon("munged", "munged", "--foreground", f"--key-file={munge}/key", f"--socket={munge}/socket",
                     f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed",
                     "--num-threads=2")
        wait_for("munged", (munge / "socket").exists, 20)
        self._daemon("slurmctld", "slurmctld", "-D", "-c")
        for node in self.nodes:
            self.start_node(node)
        self.wait_idle()

    def _write_key(self):
        key = self.home / "munge/key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(128))

    def _write_config(self, port):
        home, host = self.home, socket.gethostname().partition(".")[0]
        settings = {
            "ClusterName": "sushisim",
            "SlurmctldHost": f"{host}(127.0.0.1)",
            "SlurmctldPort": port,
            "CommunicationParameters": "NoCtldInAddrAny,NoInAddrAny",
            "SlurmUser": "root",
            "SlurmdUser": "root",
            # A requeued job waits for its old credential to expire: 120 s by default.
            "AuthInfo": f"socket={home}/munge/socket,cred_expire=5",
            "ProctrackType": "proctrack/linuxproc",
            "TaskPlugin": "task/none",
            "SwitchType": "switch/none",
            "MpiDefault": "none",
            "JobAcctGatherType": "jobacct_gather/none",
            "AccountingStorageType": "accounting_storage/none",
            "SelectType": "select/cons_tres",
            "SelectTypeParameters": "CR_CPU",
            "SchedulerParameters": "batch_sched_delay=0,sched_interval=1,bf_interval=1",
            "PreemptType": "preempt/partition_prio",
            "PreemptMode": "REQUEUE",
            "SlurmdTimeout": 5,
            "MessageTimeout": 3,
            "ReturnToService": 2,
            "KillWait": 2,
            "SlurmdParameters": "config_overrides",
            "StateSaveLocation": f"{home}/state",
            "SlurmdSpoolDir": f"{home}/spool.%n",
            "SlurmctldPidFile": f"{home}/slurmctld.pid",
            "SlurmdPidFile": f"{home}/slurmd.%n.pid",
            "SlurmctldLogFile": f"{home}/log/slurmctld",
            "SlurmdLogFile": f"{home}/log/slurmd.%n",
        }
        lines = [f"{name}={value}" for name, value in settings.items()]
        for i, node in enumerate(self.nodes):
            (home / f"spool.{node}").mkdir()
            lines.append(f"NodeName={node} NodeHostname={node} NodeAddr=127.0.0.1 Port={port + 1 + i} CPUs=1 "
                         "RealMemory=1000 State=UNKNOWN")
        every = ",".join(self.nodes)
        lines.append(f"PartitionName=main Nodes={every} Default=YES MaxTime=INFINITE State=UP PriorityTier=1 "
                     "GraceTime=60")
        lines.append(f"PartitionName=urgent Nodes={every} MaxTime=INFINITE State=UP PriorityTier=2 PreemptMode=OFF")
        (home / "slurm.conf").write_text("\n".join(lines) + "\n")

    def _daemon(self, name, program, *arguments):
        with open(self.home / f"log/{name}.out", "ab") as out:
            self.daemons[name] = subprocess.Popen([f"{SBIN}/{program}", *arguments], env=self.env, stdout=out, stderr=out,
                                                  stdin=subprocess.DEVNULL, cwd=self.home, start_new_session=True,
                                                  preexec_fn=_reap_and_die_with_the_test)

    def start_node(self, node):
        self._daemon(node, "slurmd", "-D", "-c", "-N", node)

    def kill_node(self, node):
        """As when its power fails: nothing on it can tell anyone."""
        daemon = self.daemons.pop(node)
        on_node = descendants(daemon.pid)
        for pid in [daemon.pid, *on_node]:
            kill(pid)
        daemon.wait()
        return on_node

    def run(self, *command, check=True):
        done = subprocess.run(command, env=self.env, text=True, stdin=subprocess.DEVNULL, capture_output=True)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def wait_idle(self):
        idle = lambda: len(self.run("sinfo", "-h", "-N", "-p", "main", "-t", "idle", check=False).split("\n")) - 1
        wait_for("idle nodes", lambda: idle() == len(self.nodes), 30)

    def job(self, number):
        """What Slurm says of a job (for an array's task ARRAY_TASK): a dict."""
        words = self.run("scontrol", "show", "--oneliner", "job", number).split()
        return dict(word.split("=", 1) for word in words if "=" in word)

    def running(self):
        """(array's job or job, task or "", node) of what runs."""
        lines = self.run("squeue", "-h", "-t", "R", "-O", "ArrayJobID:20,ArrayTaskID:20,NodeList:20").splitlines()
        return [tuple("" if word == "N/A" else word for word in line.split()) for line in lines]

    def wait_done(self, seconds):
        wait_for("an empty queue", lambda: not self.run("squeue", "-h").strip(), seconds)

    def _stop(self):
        self.daemons.clear()
        kill_descendants()


def kill_descendants():
    """All that this process started, and what that started."""
    while found := descendants(os.getpid()):
        for pid in found:
            kill(pid)
        time.sleep(0.02)
        reap()


def go_on_in_a_child(clean_up):
    """The caller goes on in a child that outlives this process by as long as it takes to kill all that it started.

    ctest kills what exceeds its time, and a slurmstepd would wait for its slurmctld for minutes.
    """
    child = os.fork()
    if child != 0:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

    def end(*_):
        kill_descendants()
        clean_up()
        os._exit(1)

    for each in [signal.SIGTERM, signal.SIGINT]:
        signal.signal(each, end)
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    _prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass
