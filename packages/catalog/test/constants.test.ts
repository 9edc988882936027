import { hex } from "@gatehouse/core";
import { expect, test } from "vitest";
import { constants, errnos } from "../src/index.js";

const values = (name: string) => constants.get(name)?.values.map(hex);

test.each([
  ["O_RDONLY", "0x0"],
  ["O_LARGEFILE", "0x8000"], // the kernel's; the C library's is 0 on x86-64
  ["O_TMPFILE", "0x410000"],
  ["AT_EMPTY_PATH", "0x1000"],
  ["PROT_EXEC", "0x4"],
  ["MAP_ANONYMOUS", "0x20"],
  ["MREMAP_DONTUNMAP", "0x4"],
  ["MADV_DONTNEED", "0x4"],
  ["AF_INET6", "0xa"],
  ["PF_NETLINK", "0x10"],
  ["SOCK_CLOEXEC", "0x80000"],
  ["IPPROTO_ICMPV6", "0x3a"],
  ["SOL_SOCKET", "0x1"],
  ["MSG_NOSIGNAL", "0x4000"],
  ["F_SETFL", "0x4"],
  ["F_ADD_SEALS", "0x409"],
  ["FD_CLOEXEC", "0x1"],
  ["LOCK_UN", "0x8"],
  ["CLONE_NEWTIME", "0x80"],
  ["CLONE_INTO_CGROUP", "0x200000000"],
  ["PR_SET_NO_NEW_PRIVS", "0x26"],
  ["PR_SET_VMA", "0x53564d41"],
  ["PR_SET_PTRACER_ANY", "0xffffffffffffffff"],
  ["SECCOMP_RET_KILL_PROCESS", "0x80000000"],
  ["SECCOMP_SET_MODE_FILTER", "0x1"],
  ["SIGKILL", "0x9"],
  ["SIGSYS", "0x1f"],
  ["S_IFSOCK", "0xc000"],
  ["S_ISUID", "0x800"],
  ["X_OK", "0x1"],
  ["SEEK_HOLE", "0x4"],
  ["EPOLLET", "0x80000000"],
  ["FUTEX_WAIT_PRIVATE", "0x80"],
  ["FUTEX_CLOCK_REALTIME", "0x100"],
  ["TCGETS", "0x5401"],
  ["TIOCSTI", "0x5412"],
  ["TIOCGWINSZ", "0x5413"],
  ["FIONREAD", "0x541b"],
  ["FIONBIO", "0x5421"],
  ["FIOASYNC", "0x5452"],
  ["FIOCLEX", "0x5451"],
  ["TUNSETIFF", "0x400454ca"],
  ["SIOCGIFCONF", "0x8912"],
  ["KVM_RUN", "0xae80"],
  ["KVM_SET_XSAVE", "0x5000aea5"],
  ["BLKGETSIZE64", "0x80081272"],
  ["LOOP_CTL_GET_FREE", "0x4c82"],
  ["FS_IOC_GETFLAGS", "0x80086601"],
  ["DRM_IOCTL_VERSION", "0xc0406400"],
  ["UFFDIO_COPY", "0xc028aa03"],
  ["UFFD_USER_MODE_ONLY", "0x1"],
  ["RLIM_INFINITY", "0xffffffffffffffff"],
])("%s is %s", (name, value) => {
  expect(values(name)).toEqual([value]);
});

test.each([
  ["AT_FDCWD", ["0xffffff9c", "0xffffffffffffff9c"]],
  ["KEY_SPEC_THREAD_KEYRING", ["0xffffffff", "0xffffffffffffffff"]],
  ["RUSAGE_CHILDREN", ["0xffffffff", "0xffffffffffffffff"]],
])("%s, a negative int, is any of %j", (name, expected) => {
  expect(values(name)).toEqual(expected);
});

test("every constant goes by its own name", () => {
  for (const [name, { text }] of constants) expect(text).toBe(name);
});

test.each([
  ["EPERM", 1],
  ["ENOSYS", 38],
  ["EWOULDBLOCK", 11],
  ["EDEADLOCK", 35],
  ["EHWPOISON", 133],
])("%s is %i", (name, value) => {
  expect(errnos.get(name)).toBe(value);
});

test("every number from 1 to 133 but 41 and 58 has a name", () => {
  const numbers = Array.from({ length: 133 }, (_, i) => i + 1).filter(
    (value) => value !== 41 && value !== 58,
  );
  expect([...new Set(errnos.values())]).toEqual(numbers);
});
