// The scenarios that every design answers. Each asks one thing; its name says what. How the designs differ on them is
// docs/differences.md.

import type { Catalog } from "@gatehouse/core";
import { parseScenario, type Scenario } from "./scenario.js";

const TEXTS: Readonly<Record<string, string>> = {
  "calls alone, no arguments": `
policy calls
allow read
allow write
allow exit_group
===
read(fd=0)             allow
write(fd=77)           allow
exit_group()           allow
openat(dfd=AT_FDCWD)   deny
syscall_470()          deny
`,
  "standard streams only": `
policy streams
allow read       if fd == 0
allow write      if fd == 1 || fd == 2
allow exit_group
===
read(fd=0)             allow
read(fd=3)             deny
read()                 unknown
write(fd=1)            allow
write(fd=2)            allow
write(fd=0)            deny
exit_group(error_code=0)  allow
mmap()                 deny
`,
  "a register is 64 bits wide": `
policy wide
allow close      if fd == 4294967296
allow lseek      if offset >= 0x8000000000000000
allow read       if count == 9007199254740993
allow write      if count < 0xffffffffffffffff
allow ftruncate  if length & 0x8000000000000000
===
close(fd=0x100000000)               allow
close(fd=0)                         deny
lseek(fd=3, offset=0xffffffffffffffc4)  allow
lseek(fd=3, offset=0x7fffffffffffffff)  deny
read(count=9007199254740993)        allow
read(count=9007199254740992)        deny
write(count=0xfffffffffffffffe)     allow
write(count=0xffffffffffffffff)     deny
ftruncate(length=0x8000000000000000)  allow
ftruncate(length=0x7fffffffffffffff)  deny
`,
  "the most restrictive of the clauses that match": `
policy restrictive
default allow
allow socket
deny EPERM socket  if family == AF_INET
deny EACCES socket if type == SOCK_RAW
kill socket        if family == AF_NETLINK
===
socket(family=AF_UNIX, type=SOCK_STREAM)   allow
socket(family=AF_INET, type=SOCK_STREAM)   deny
socket(family=AF_UNIX, type=SOCK_RAW)      deny
socket(family=AF_NETLINK, type=SOCK_RAW)   deny
socket(type=SOCK_RAW)                      deny
socket(family=AF_UNIX)                     unknown
getpid()                                   allow
`,
  "flags under a mask": `
policy masks
allow openat  if dfd == AT_FDCWD && flags & O_ACCMODE == O_RDONLY && !(flags & (O_CREAT | O_TRUNC))
allow mmap    if prot & (PROT_WRITE | PROT_EXEC) != (PROT_WRITE | PROT_EXEC)
allow clone   if clone_flags & 0x7e020000 == 0
===
openat(dfd=AT_FDCWD, flags=O_RDONLY|O_CLOEXEC)   allow
openat(dfd=0xffffffffffffff9c, flags=O_RDONLY)   allow
openat(dfd=3, flags=O_RDONLY)                    deny
openat(dfd=AT_FDCWD, flags=O_RDWR)               deny
openat(dfd=AT_FDCWD, flags=O_CREAT)              deny
mmap(prot=PROT_READ|PROT_EXEC)                   allow
mmap(prot=PROT_WRITE|PROT_EXEC)                  deny
mmap()                                           unknown
clone(clone_flags=0x1200011)                     allow
clone(clone_flags=CLONE_NEWUSER)                 deny
`,
  "an ioctl by its command": `
policy terminal
allow ioctl  if cmd in {TCGETS, TIOCGWINSZ, FIONREAD}
deny EPERM ioctl if cmd == TIOCSTI
===
ioctl(fd=0, cmd=TCGETS)      allow
ioctl(fd=0, cmd=FIONREAD)    allow
ioctl(fd=0, cmd=TIOCSTI)     deny
ioctl(fd=0, cmd=FIONBIO)     deny
`,
  "clauses that say nothing new": `
policy redundant
allow read
allow read       if fd == 0
allow write      if fd == 1 || !(fd == 1)
===
read(fd=9)             allow
write(fd=9)            allow
`,
  "more than a filter string holds": `
policy long
allow ioctl  if cmd in {0x5401, 0x5402, 0x5403, 0x5404, 0x5405, 0x5406, 0x5407, 0x5408, 0x5409, 0x540a, 0x540b, 0x540c, 0x540d, 0x540e, 0x540f, 0x5410, 0x5411, 0x5412}
===
ioctl(cmd=0x5412)      allow
ioctl(cmd=0x5413)      deny
`,
  "everything but a few calls": `
policy blacklist
default allow
kill ptrace
deny EPERM mount
===
ptrace()               deny
mount()                deny
read(fd=0)             allow
syscall_470()          allow
`,
  "another entry path": `
policy native
default allow
===
read(fd=0)             allow
int80:read(fd=0)       deny
x32:read(fd=0)         deny
`,
  "one task among others": `
policy threads
allow read
task net-thread
allow ioctl      if cmd == TUNSETIFF
deny EPERM read  if fd == 0
===
task main
read(fd=0)             allow
ioctl(cmd=TUNSETIFF)   deny
task main > net-thread
read(fd=0)             deny
read(fd=5)             allow
ioctl(cmd=TUNSETIFF)   allow
task main > net-thread > helper
ioctl(cmd=TUNSETIFF)   allow
ioctl(cmd=TCGETS)      deny
`,
  "labels on objects": `
policy labels
labels tmp_t user_home_t etc_t
allow read
allow file_open  if label & (tmp_t | user_home_t)
===
read(fd=0)                       allow
file_open(label={tmp_t})         allow
file_open(label={etc_t, tmp_t})  allow
file_open(label={etc_t})         deny
file_open(label={})              deny
file_open()                      unknown
socket_connect()                 allow
`,
  "names of files": `
policy paths
default allow
kill file_open  if filename ^= "/etc/" && !(filename ~ "*.conf")
kill file_open  if filename in {"/home/user/.ssh/id_rsa", "/proc/kcore"}
===
file_open(filename="/usr/lib/libc.so.6")  allow
file_open(filename="/etc/nginx.conf")     allow
file_open(filename="/etc/shadow")         deny
file_open(filename="/proc/kcore")         deny
read(fd=0)                                allow
`,
  "an event that must never happen": `
policy never
allow read
kill socket_connect
===
socket_connect()                 deny
file_open()                      allow
read(fd=0)                       allow
`,
};

/** All scenarios, over the events of `catalog`. Throws where a text is at fault: they are ours. */
export function scenarios(catalog: Catalog): readonly Scenario[] {
  return Object.entries(TEXTS).map(([name, text]) => {
    const scenario = parseScenario(name, text, catalog);
    if (!scenario.ok) throw new SyntaxError(scenario.error);
    return scenario.value;
  });
}
