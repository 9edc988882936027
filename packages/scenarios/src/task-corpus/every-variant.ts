// What every variant is asked alike: mode 1 beneath them all, one policy installed in each one's own way, and what becomes of it
// over fork, clone, exec and the other entry path.

export const EVERY_VARIANT: Readonly<Record<string, string>> = {
  "mode 1: four calls": `
from the kernel since 2005
for all
===
prctl GET_SECCOMP                  ok
prctl SET_SECCOMP strict           ok
check read(fd=7)                   allow
check write(fd=7)                  allow
check exit()                       allow
check rt_sigreturn()               allow
check exit_group()                 deny
check open()                       deny
prctl SET_SECCOMP strict           killed
`,
  "mode 1 is judged by the entry path": `
from Roland McGrath's patch and exploit of 27 February 2009
for all
kernel compat
===
prctl SET_SECCOMP strict           ok
check read()                       allow
# 5 is fstat for one path and open for the other; 3 is close and read
check int80:open()                 deny
check int80:read()                 allow
check fstat()                      deny
check x32:read()                   deny
`,
  "the policy of 11 May 2011": `
from [PATCH 3/5] v2, 11 May 2011
for all
policy streams
allow read   if fd == 0
allow write  if fd == 1 || fd == 2
allow exit
===
install                            ok
  | and, subset: approximate because a bit has no arguments, so read and write are refused
  | poc: approximate because execve passes whatever a policy says
check read(fd=0)                   allow
  | and, subset: deny because a bit has no arguments, and this approximation fails closed
check write(fd=2)                  allow
  | and, subset: deny because a bit has no arguments, and this approximation fails closed
check read(fd=5)                   deny
check exit()                       allow
check open()                       deny
check no_such_call()               deny
check int80:exit()                 deny
`,
  "another entry path under a policy": `
from Roland McGrath, 27 February 2009: a far jump, or int 0x80 from 64 bits
for all
kernel compat
policy far
allow read
allow exit
===
install                            ok
  | poc: approximate because execve passes whatever a policy says
check read()                       allow
  | v2: deny because its test is turned round: a native call is taken for the other path's
check int80:read()                 deny
# number 0 is read for one path and restart_syscall for the other
check int80:restart_syscall()      deny
  | v2: allow because is_compat_task() is 2 there, which is no flag's value, so nothing is taken for a mismatch
check x32:read()                   deny
`,
  "filters go to children": `
from Ingo Molnar, 26 May 2011: filters inherit into child tasks automatically
for v2 array shipped corrected poc vision
policy child
allow read   if fd == 0
allow exit
===
install                            ok
  | poc: approximate because execve passes whatever a policy says
fork child                         ok
clone thread                       ok
check read(fd=3)                   deny
child: check read(fd=0)            allow
child: check read(fd=3)            deny
  | poc: allow because a child's events are copies without their filters, and match everything
child: check exit()                allow
thread: check read(fd=3)           deny
  | poc: allow because a thread's events are copies without their filters, and match everything
child: fork grandchild             ok
grandchild: check open()           deny
`,
  "masks go to children": `
from Ingo Molnar, 7 May 2009: a child's map is ANDed with its parent's
for and subset
===
prctl SET_SECCOMP mask read write exit prctl   ok
fork child                                     ok
child: check read()                            allow
child: check open()                            deny
child: prctl SET_SECCOMP mask read open prctl  ok
  | subset: EPERM because a map that is wider than the old one is refused, not cut
child: check read()                            allow
child: check write()                           deny | subset: allow because the upload was refused whole
child: check open()                            deny
check write()                                  allow
`,
  "a mask only narrows": `
from the sketch of 7 May 2009 and the patch as it is recalled
for and subset
===
prctl SET_SECCOMP mask read write prctl        ok
prctl SET_SECCOMP mask read prctl              ok
check write()                                  deny
prctl SET_SECCOMP mask read write prctl        ok
  | subset: EPERM because write is not in the map any more
check write()                                  deny
prctl SET_SECCOMP strict                       ok
check read()                                   allow
check prctl()                                  deny
`,
};
