// Policies of minijail, August 2011: a line `name: filter` for each call, which it hands to the shipped form by prctl.

export const MINIJAIL: Readonly<Record<string, string>> = {
  "minijail: mode 1 in filters": `
from minijail 0.5, August 2011
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER read "1"                               ok
prctl SET_SECCOMP_FILTER write "1"                              ok
# its file says \`sig_return\`, which is the name of no call
prctl SET_SECCOMP_FILTER rt_sigreturn "1"                       ok
prctl SET_SECCOMP_FILTER exit "1"                               ok
prctl SET_SECCOMP filter                                        ok
check read(fd=9)                                                allow
check rt_sigreturn()                                            allow
check open()                                                    deny
`,
  "minijail: open for reading": `
from minijail 0.5, August 2011
for v2 array shipped corrected
kernel i386
===
prctl SET_SECCOMP_FILTER open "flags == 32768 || flags == 0 || flags == 34816 || flags == 2048"   ok
prctl SET_SECCOMP_FILTER mmap2 "prot == 0x0"                    ok
prctl SET_SECCOMP_FILTER munmap "1"                             ok
prctl SET_SECCOMP_FILTER close "1"                              ok
prctl SET_SECCOMP filter                                        ok
check open(flags=0x8000)                                        allow
check open(flags=0x8800)                                        allow
check open(flags=1)                                             deny
check mmap2(prot=0)                                             allow
check mmap2(prot=4)                                             deny
`,
  "minijail: ENOSYS becomes a wildcard": `
from minijail 0.5, August 2011
for v2 array shipped corrected
===
prctl SET_SECCOMP_FILTER pread64 "fd == 0"                      ENOSYS
# what minijail does then, with a warning: the call is open as a whole
prctl SET_SECCOMP_FILTER pread64 "1"                            ok
prctl SET_SECCOMP filter                                        ok
check pread64(fd=7)                                             allow
`,
};
