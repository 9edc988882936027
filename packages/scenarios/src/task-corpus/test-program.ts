// The cases of the test program that came with the filter engine: Will Drewry's, adjusted by Kees Cook.

export const TEST_PROGRAM: Readonly<Record<string, string>> = {
  "filters on exit": `
from the old test program
for v2 array shipped corrected
===
fork one                                                        ok
fork either                                                     ok
fork not                                                        ok
prctl SET_SECCOMP_FILTER exit "error_code == 0"                 ok
prctl SET_SECCOMP filter                                        ok
check exit(error_code=0)                                        allow
check exit(error_code=1)                                        deny
one: prctl SET_SECCOMP_FILTER exit "error_code == 1"            ok
one: prctl SET_SECCOMP filter                                   ok
one: check exit(error_code=0)                                   deny
one: check exit(error_code=1)                                   allow
either: prctl SET_SECCOMP_FILTER exit "error_code == 0 || error_code == 1"   ok
either: prctl SET_SECCOMP filter                                ok
either: check exit(error_code=0)                                allow
either: check exit(error_code=1)                                allow
not: prctl SET_SECCOMP_FILTER exit "error_code != 1"            ok
not: prctl SET_SECCOMP filter                                   ok
not: check exit(error_code=0)                                   allow
not: check exit(error_code=1)                                   deny
`,
  "a negation around a filter": `
from the old test program's helper
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER exit "!(error_code == 0)"              EINVAL
  | corrected: ok because 6.18 has \`!\`
`,
  "GET gives what was merged": `
from the old test program
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER write "fd == 0 || fd == 1"             ok
prctl SET_SECCOMP_FILTER write "fd != 0"                        ok
prctl GET_SECCOMP_FILTER write                                  ok "(fd == 0 || fd == 1) && (fd != 0)"
  | v2: ok "(fd == 0 || fd == 1) && fd != 0" because the new text gets no parentheses
`,
  "strings that must fail": `
from the old test program
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER write ""                               EINVAL
prctl SET_SECCOMP_FILTER write NULL                             EFAULT
# cut to 255 bytes, and those are no filter
prctl SET_SECCOMP_FILTER write 8192*"A"                         EINVAL
  | corrected: E2BIG because a text that is cut off is refused
`,
  "enforced twice": `
from the old test program
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER prctl "1"                              ok
prctl SET_SECCOMP filter                                        ok
prctl SET_SECCOMP filter                                        EPERM
  | shipped: ok because the set is enabled once more, on a copy
prctl SET_SECCOMP strict                                        EPERM
`,
  "a call cleared once enforced": `
from the old test program
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER read "1"                               ok
prctl SET_SECCOMP_FILTER write "fd == 1"                        ok
prctl SET_SECCOMP_FILTER exit "1"                               ok
prctl SET_SECCOMP_FILTER close "1"                              ok
prctl SET_SECCOMP_FILTER prctl "option > 32 && option < 37"     ok
prctl SET_SECCOMP filter                                        ok
prctl CLEAR_SECCOMP_FILTER exit                                 killed
prctl SET_SECCOMP_FILTER read "fd == 0"                         ok
  | v2: EINVAL because \`(1) && …\` does not parse
  | array: ENOENT because a \`1\` has no filter to narrow
check write(fd=1)                                               allow
check exit()                                                    allow
`,
  "cleared, and allowed again": `
from the old test program
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER exit "1"                               ok
prctl SET_SECCOMP_FILTER close "1"                              ok
prctl SET_SECCOMP_FILTER prctl "1"                              ok
prctl SET_SECCOMP filter                                        ok
prctl CLEAR_SECCOMP_FILTER exit                                 ok
check exit()                                                    deny
prctl CLEAR_SECCOMP_FILTER close                                ok
prctl SET_SECCOMP_FILTER close "1"                              EACCES
check close()                                                   deny
prctl SET_SECCOMP_FILTER read "1"                               EACCES
prctl CLEAR_SECCOMP_FILTER read                                 ok
  | array, shipped: EINVAL because there is nothing to clear
prctl CLEAR_SECCOMP_FILTER prctl                                ok
prctl CLEAR_SECCOMP_FILTER prctl                                killed
`,
  "a call by the id of its trace event": `
from the old test program
for array shipped
===
# ids are given out at boot; here they are counted in the order of the calls' numbers: sys_enter_exit is the 54th
prctl SET_SECCOMP_FILTER event:54 "error_code == 0"             ok
prctl GET_SECCOMP_FILTER exit                                   ok "error_code == 0"
prctl SET_SECCOMP_FILTER event:9999 "1"                         EINVAL
`,
  "exec by root": `
from the old test program: keep_exec, keep_exec_drop, lose_exec
for v2 array shipped corrected
kernel i386 privileged
===
prctl SET_SECCOMP_FILTER exit "1"                               ok
prctl SET_SECCOMP_FILTER brk "1"                                ok
prctl SET_SECCOMP_FILTER execve "1"                             ok
prctl SET_SECCOMP_FILTER access "1"                             ok
prctl SET_SECCOMP_FILTER uname "1"                              ok
prctl SET_SECCOMP_FILTER open "1"                               ok
prctl SET_SECCOMP_FILTER read "1"                               ok
prctl SET_SECCOMP_FILTER fstat64 "1"                            ok
prctl SET_SECCOMP_FILTER mmap2 "1"                              ok
prctl SET_SECCOMP_FILTER close "1"                              ok
prctl SET_SECCOMP_FILTER set_thread_area "1"                    ok
prctl SET_SECCOMP_FILTER mprotect "1"                           ok
prctl SET_SECCOMP_FILTER munmap "1"                             ok
prctl SET_SECCOMP_FILTER prctl "1"                              ok
prctl SET_SECCOMP_FILTER setuid "1"                             ok
prctl SET_SECCOMP filter                                        ok
exec                                                            ok | array: killed because execve is refused whatever the set says
setuid                                                          ok
exec                                                            ok | array: killed because execve is refused whatever the set says
prctl CLEAR_SECCOMP_FILTER access                               ok
exec                                                            ok
  | array: killed because execve is refused whatever the set says
  | shipped: killed because the first edit without CAP_SYS_ADMIN takes execve away
# the test program waits for a kill in all three cases: the program that is started needs more than the list
check write(fd=1)                                               deny
`,
  "exec by nobody in particular": `
from Documentation/prctl/seccomp_filter.txt
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER execve "1"                             ok
  | shipped: EPERM because only CAP_SYS_ADMIN may allow execve
prctl SET_SECCOMP filter                                        ok
exec                                                            ok
  | array: killed because execve is refused whatever the set says
  | shipped: killed because it could not be allowed
`,
};
