// Asks the running kernel what it makes of seccomp programs. For each program a child of its own installs it and makes
// calls under it; a filter is for life, so nothing else is ever filtered.
//
//   in    u32 instructions, u32 calls, the instructions (8 bytes each), the calls (i64 nr, u64 args[6]); and so on
//   out   i32 what installing gave (0 or an errno), i32 per call (0 or an errno); in the same order
//
// The child has no descriptors, and once it is filtered it makes the calls it was given and no other: answers go through
// shared memory, and it spins until it is killed.

#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CALLS = 4096, MAX_PROGRAM = 8192, PATIENCE_MS = 5000 };

struct call {
  int64_t nr;
  uint64_t args[6];
};

struct answers {
  volatile int32_t done;
  volatile int32_t installed;
  volatile int32_t errors[MAX_CALLS];
};

// libc's syscall() would do, but this way it is certain that nothing else is called.
static long raw_call(const struct call *call) {
  register uint64_t r10 __asm__("r10") = call->args[3];
  register uint64_t r8 __asm__("r8") = call->args[4];
  register uint64_t r9 __asm__("r9") = call->args[5];
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(call->nr), "D"(call->args[0]), "S"(call->args[1]), "d"(call->args[2]), "r"(r10), "r"(r8),
                     "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

static int32_t error_of(long result) { return result < 0 && result >= -4095 ? (int32_t)-result : 0; }

static void child(const struct sock_fprog *program, const struct call *calls, uint32_t count, struct answers *answers) {
  struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  close_range(0, ~0U, 0);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) _exit(1);
  const struct call install = {__NR_seccomp, {SECCOMP_SET_MODE_FILTER, 0, (uint64_t)program, 0, 0, 0}};
  answers->installed = error_of(raw_call(&install));
  for (uint32_t i = 0; answers->installed == 0 && i < count; i++) answers->errors[i] = error_of(raw_call(&calls[i]));
  answers->done = 1;
  for (;;) {
  }
}

// Whether the child came to its end; it is gone afterwards either way.
static int run(const struct sock_fprog *program, const struct call *calls, uint32_t count, struct answers *answers) {
  answers->done = 0;
  pid_t pid = fork();
  if (pid < 0) return 0;
  if (pid == 0) child(program, calls, count, answers);
  const struct timespec pause = {0, 50 * 1000};
  int status = 0;
  int ended = 0;
  for (int waited = 0; !answers->done && waited < PATIENCE_MS * 20; waited++) {
    nanosleep(&pause, NULL);
    ended = waitpid(pid, &status, WNOHANG) == pid;
    if (ended) break;
  }
  if (!ended) {
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
  }
  return answers->done;
}

static int read_all(void *into, size_t size, size_t count) { return fread(into, size, count, stdin) == count; }

int main(void) {
  static struct sock_filter instructions[MAX_PROGRAM];
  static struct call calls[MAX_CALLS];
  struct answers *answers =
      mmap(NULL, sizeof(struct answers), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (answers == MAP_FAILED) return 1;
  uint32_t counts[2];
  for (uint32_t number = 0; read_all(counts, sizeof counts, 1); number++) {
    if (counts[0] > MAX_PROGRAM || counts[1] > MAX_CALLS) return 1;
    if (!read_all(instructions, sizeof instructions[0], counts[0])) return 1;
    if (!read_all(calls, sizeof calls[0], counts[1])) return 1;
    const struct sock_fprog program = {(unsigned short)counts[0], instructions};
    if (!run(&program, calls, counts[1], answers)) {
      fprintf(stderr, "the child of program %u did not come to its end\n", number);
      return 1;
    }
    const int32_t installed = answers->installed;
    fwrite(&installed, sizeof installed, 1, stdout);
    fwrite((const void *)answers->errors, sizeof answers->errors[0], installed == 0 ? counts[1] : 0, stdout);
  }
  return fflush(stdout) != 0;
}
