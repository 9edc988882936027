// The filter engine's own calls: the texts of its patch and its documentation (2011), and each historical bug as a case of its own.

export const FILTER_ENGINE: Readonly<Record<string, string>> = {
  "the calls of the patch's text": `
from [PATCH 3/5] v2, 11 May 2011
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER read "fd == 0"               ok
prctl SET_SECCOMP_FILTER write "fd == 1 || fd == 2"   ok
prctl SET_SECCOMP_FILTER exit "1"                     ok
check open()                                          allow
prctl SET_SECCOMP_FILTER read "fd == 5"               ok
prctl GET_SECCOMP_FILTER read                         ok "(fd == 0) && (fd == 5)"
  | v2: ok "(fd == 0) && fd == 5" because the new text gets no parentheses
prctl SET_SECCOMP filter                              ok
check read(fd=0)                                      deny
check read(fd=5)                                      deny
check write(fd=2)                                     allow
check exit()                                          allow
check open()                                          deny
`,
  "the documentation's example": `
from Documentation/prctl/seccomp_filter.txt
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER read "fd == 0"               ok
prctl SET_SECCOMP_FILTER write "fd == 1 || fd == 2"   ok
prctl SET_SECCOMP_FILTER exit "1"                     ok
prctl SET_SECCOMP_FILTER prctl "1"                    ok
prctl SET_SECCOMP filter                              ok
prctl CLEAR_SECCOMP_FILTER read                       ok
check read(fd=0)                                      deny
prctl SET_SECCOMP_FILTER write "fd != 2"              ok
check write(fd=1)                                     allow
check write(fd=2)                                     deny
check exit()                                          allow
`,
  "what the documentation stores": `
from Documentation/prctl/seccomp_filter.txt
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER write "fd == 1 || fd == 2"   ok
prctl SET_SECCOMP_FILTER write "fd != 2"              ok
# its third example names a field that write has not
prctl SET_SECCOMP_FILTER write "size < 100"           EINVAL
prctl SET_SECCOMP_FILTER write "count < 100"          ok
prctl GET_SECCOMP_FILTER write                        ok "((fd == 1 || fd == 2) && (fd != 2)) && (count < 100)"
  | v2: ok "((fd == 1 || fd == 2) && fd != 2) && count < 100" because the new text gets no parentheses
`,
  "a second filter widens": `
from the code of [PATCH 3/5] v2
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER prctl "1"                    ok
prctl SET_SECCOMP_FILTER read "fd == 0"               ok
prctl SET_SECCOMP filter                              ok
check read(fd=2)                                      deny
prctl SET_SECCOMP_FILTER read "fd == 1 || fd == 2"    ok
check read(fd=1)                                      deny
check read(fd=2)                                      deny
  | v2: allow because \`(fd == 0) && fd == 1 || fd == 2\` is an \`||\` at its top
`,
  "a text that breaks out of its parentheses": `
from the code of the array form and of the composable one
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER prctl "1"                    ok
prctl SET_SECCOMP_FILTER read "fd == 0"               ok
prctl SET_SECCOMP filter                              ok
fork child                                            ok
check read(fd=1)                                      deny
prctl SET_SECCOMP_FILTER read "fd == 0) || (fd == 1"  EINVAL
  | array, shipped: ok because only \`(fd == 0) && (fd == 0) || (fd == 1)\` is read, never the new text alone
check read(fd=1)                                      deny
  | array, shipped: allow because the text closed the parentheses that were to hold it
child: prctl SET_SECCOMP_FILTER read "fd == 0) || (fd == 1"   EINVAL
  | array: ok because a child edits a copy of its parent's set
child: check read(fd=1)                               deny
  | array: allow because what the child wrote loosens what its parent had set
`,
  "a wildcard narrowed": `
from Will Drewry, 14 May 2011, to Arnd Bergmann
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER ioctl "1"                    ok
# FIOASYNC and FIONREAD
prctl SET_SECCOMP_FILTER ioctl "(fd == 3 && (cmd == 21586 || cmd == 21531))"   ok
  | v2: EINVAL because \`(1) && …\` does not parse
  | array: ENOENT because a \`1\` has no filter to narrow
prctl SET_SECCOMP filter                              ok
check ioctl(fd=3, cmd=FIONREAD)                       allow
check ioctl(fd=3, cmd=TCGETS)                         deny
  | v2, array: allow because what was to narrow it was refused, and \`1\` is still there
check ioctl(fd=4, cmd=FIOASYNC)                       deny
  | v2, array: allow because what was to narrow it was refused, and \`1\` is still there
`,
  "an ioctl by its command, on the wire": `
from Will Drewry, 14 May 2011
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER ioctl "cmd == 21586 || cmd == 21531"   ok
prctl SET_SECCOMP_FILTER ioctl "cmd == FIONREAD"                EINVAL
prctl SET_SECCOMP filter                                        ok
check ioctl(cmd=FIONREAD)                                       allow
check ioctl(cmd=TCGETS)                                         deny
`,
  "ideas that the language does not hold": `
from mails of 12, 13 and 26 May 2011
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER open "fd == 1 && check_path(path) == '/etc/safe.conf'"   EINVAL
prctl SET_SECCOMP_FILTER open "check_xattr(path, expected)"                       EINVAL
prctl SET_SECCOMP_FILTER open "(label & tmp_t) || (label & user_home_t)"          EINVAL
prctl SET_SECCOMP_FILTER open "filename == \\"/etc/passwd\\""                     EINVAL
prctl SET_SECCOMP_FILTER gettimeofday "tz == NULL"                                EINVAL
prctl SET_SECCOMP_FILTER read "0"                                                 EINVAL
prctl SET_SECCOMP_FILTER read "fd == -1"                                          EINVAL
prctl SET_SECCOMP_FILTER read "!(fd == 0)"                                        EINVAL
  | corrected: ok because 6.18 has \`!\`
`,
  "open for reading, as in a PDF converter": `
from a mail of 31 May 2011
for v2 array shipped corrected
kernel i386
===
prctl SET_SECCOMP_FILTER open "flags == 32768"        ok
prctl SET_SECCOMP_FILTER _llseek "1"                  ok
prctl SET_SECCOMP_FILTER brk "1"                      ok
prctl SET_SECCOMP filter                              ok
check open(flags=0x8000)                              allow
check open(flags=0x8001)                              deny
check _llseek()                                       allow
`,
  "the compat test of the second version": `
from the code of [PATCH 3/5] v2
for v2 array shipped corrected
kernel compat
===
prctl SET_SECCOMP_FILTER read "1"                     ok
prctl SET_SECCOMP_FILTER prctl "1"                    ok
prctl SET_SECCOMP filter                              ok
check read(fd=0)                                      allow
  | v2: deny because the test is turned round: a native call is taken for the other path's
check int80:read()                                    deny
`,
  "a set of the other entry path": `
from [PATCH 3/5] v2; Documentation/prctl/seccomp_filter.txt
for array shipped corrected
kernel compat
===
int80:prctl SET_SECCOMP_FILTER read "1"               ok
int80:prctl SET_SECCOMP_FILTER write "fd == 1"        ENOSYS
prctl SET_SECCOMP_FILTER read "1"                     EACCES
int80:prctl SET_SECCOMP filter                        ok
check int80:read()                                    allow
check read()                                          deny
`,
  "enforced from the next exec on": `
from the code of [PATCH 3/5] v2
for v2 corrected
kernel privileged
===
prctl SET_SECCOMP_FILTER read "fd == 0"               ok
prctl SET_SECCOMP_FILTER execve "1"                   ok
prctl SET_SECCOMP filter on_exec                      ok
check open()                                          allow
exec                                                  ok
check open()                                          deny
  | v2: allow because the flag is only looked at where a filter fails, and \`1\` does not
`,
  "an exec that the set refuses ends the waiting": `
from the code of [PATCH 3/5] v2
for v2 corrected
===
prctl SET_SECCOMP_FILTER read "fd == 0"               ok
prctl SET_SECCOMP filter on_exec                      ok
check open()                                          allow
exec                                                  ok
check open()                                          deny
check read(fd=0)                                      allow
`,
  "a text that is too long": `
from the code of the patches
for v2 array shipped corrected
===
# without a word, but for @corrected; in @v2 the byte behind is whatever the stack holds, here 0
prctl SET_SECCOMP_FILTER read 300*"1"                           EINVAL
  | corrected: E2BIG because a text that is cut off is refused
prctl SET_SECCOMP_FILTER write "fd == 1" 248*" " "&& count < 9"  ok
  | corrected: E2BIG because a text that is cut off is refused
prctl SET_SECCOMP filter                                        ok
# the half of the filter that would refuse it was cut off
check write(fd=1, count=99)                                     allow
  | corrected: deny because there is no filter on write
`,
  "narrowed until the text is full": `
from the code of the patches
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER write "fd == 1" 120*" " "|| fd == 2"   ok
prctl SET_SECCOMP_FILTER write "fd == 1" 120*" " "|| fd == 3"   E2BIG
prctl SET_SECCOMP_FILTER write "fd == 1"                        ok
`,
  "a filter on a call with six arguments": `
from the code of the patches
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER mmap "addr == 0"             ok
prctl SET_SECCOMP_FILTER mprotect "len < 4096"        ok
prctl SET_SECCOMP filter                              ok
# its record has 68 bytes and the buffer 64: BUG_ON, and the kernel stops before it prints
check mmap(addr=0)                                    deny
  | corrected: allow because the buffer has room for it
log mmap(addr=1)                                      nothing
  | corrected: sh[1]: system call 9 (sys_mmap) blocked at ip:0 because the filter refuses it
check mprotect(len=1)                                 allow
`,
  "a register is wider than an int": `
from the code of the filter language of 2.6.39
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER write "fd != 2"              ok
prctl SET_SECCOMP_FILTER read "fd == 2"               ok
prctl SET_SECCOMP filter                              ok
check write(fd=2)                                     deny
# the kernel acts on the low 32 bits: this is a write to 2
check write(fd=0x100000002)                           allow
check read(fd=0x100000002)                            deny
`,
  "calls that tracing does not cover": `
from Will Drewry, 16 May 2011
for v2 array shipped corrected
kernel privileged
===
prctl SET_SECCOMP_FILTER clone "clone_flags == 0"     ENOSYS
prctl SET_SECCOMP_FILTER clone "1"                    ok
prctl SET_SECCOMP_FILTER pread64 "fd == 0"            ENOSYS
prctl SET_SECCOMP_FILTER ioperm "from == 128"         ENOSYS
prctl SET_SECCOMP_FILTER execve "1"                   ok
prctl SET_SECCOMP_FILTER 307 "1"                      EINVAL
  | shipped: ok because no number is beyond its tree
prctl SET_SECCOMP_FILTER -1 "1"                       EINVAL
`,
  "without CONFIG_FTRACE_SYSCALLS it is a bitmask": `
from Will Drewry, 16 May 2011
for v2 array shipped corrected
kernel no-ftrace
===
prctl SET_SECCOMP_FILTER read "fd == 0"               ENOSYS
prctl SET_SECCOMP_FILTER read "1"                     ok
prctl SET_SECCOMP filter                              ok
check read(fd=7)                                      allow
check write(fd=1)                                     deny
`,
  "without CONFIG_SECCOMP_FILTER there is mode 1": `
from [PATCH 3/5] v2, 11 May 2011
for v2 array shipped corrected
kernel no-filters
===
prctl SET_SECCOMP_FILTER read "1"                     ENOSYS
prctl GET_SECCOMP_FILTER read                         ENOSYS
prctl CLEAR_SECCOMP_FILTER read                       ENOSYS
prctl SET_SECCOMP filter                              EINVAL
  | v2: ok because mode 2 is there whether the filters are or not
prctl SET_SECCOMP strict                              ok
  | v2: killed because there is no filter that lets any call pass
`,
  "who sees a set": `
from [PATCH 3/5] v2; the composable form of autumn 2011
for v2 array shipped corrected
===
proc                                                  ""
prctl SET_SECCOMP_FILTER prctl "1"                    ok
prctl SET_SECCOMP_FILTER read " fd == 0 "             ok
prctl SET_SECCOMP filter                              ok
# in the order of a hash
proc                                                  "Filtering: 1\\nFilterCount: 2\\nSystemCall: 157 (sys_prctl)\\nFilter: 1\\nSystemCall: 0 (sys_read)\\nFilter: fd == 0\\n"
  | array: "0 (sys_read): fd == 0\\n157 (sys_prctl): 1\\n" because a line a call is all that is shown
  | shipped: "Enabled: 1\\nInherited: 0\\n157 (sys_prctl): 1\\n0 (sys_read): fd == 0\\n--\\n" because each set is shown, the highest number first
prctl GET_SECCOMP_FILTER read 7                       ENOSPC
prctl GET_SECCOMP_FILTER read                         ok "fd == 0"
fork child                                            ok
child: prctl GET_SECCOMP_FILTER read                  ok "fd == 0"
  | shipped: EINVAL because prctl does not show what is inherited
child: proc                                           "Filtering: 1\\nFilterCount: 2\\nSystemCall: 157 (sys_prctl)\\nFilter: 1\\nSystemCall: 0 (sys_read)\\nFilter: fd == 0\\n"
  | array: "0 (sys_read): fd == 0\\n157 (sys_prctl): 1\\n" because a line a call is all that is shown
  | shipped: "Enabled: 1\\nInherited: 1\\n157 (sys_prctl): 1\\n0 (sys_read): fd == 0\\n--\\n" because proc shows what prctl hides
`,
  "a set that is not enforced": `
from [PATCH 3/5] v2; the array form of summer 2011
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER read "1"                     ok
fork child                                            ok
child: prctl SET_SECCOMP filter                       ok
child: check read()                                   allow
  | array, shipped: deny because a set that is not enforced is not inherited, and the child's own is empty
check write()                                         allow
`,
};
