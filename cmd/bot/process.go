package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is what a process has used by now.
type process struct {
	cpu time.Duration // user and system
	rss int64         // bytes
}

// clockTick is what /proc counts CPU time in: USER_HZ, which is 100 on every Linux that Go runs on.
const clockTick = time.Second / 100

// readProcess reads /proc (proc_pid_stat(5)); pid 0 is nobody.
func readProcess(pid int) (process, error) {
	if pid == 0 {
		return process{}, nil
	}
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return process{}, fmt.Errorf("--pid: %w", err)
	}
	return parseStat(text)
}

func parseStat(text []byte) (process, error) {
	rest := text[bytes.LastIndexByte(text, ')')+1:] // the name before it may hold anything
	fields := strings.Fields(string(rest))          // the first is the third of the file
	if len(fields) < 22 {
		return process{}, errors.New("--pid: /proc has something else than was expected")
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	pages, err3 := strconv.ParseInt(fields[21], 10, 64)
	if err := errors.Join(err1, err2, err3); err != nil {
		return process{}, fmt.Errorf("--pid: %w", err)
	}
	return process{cpu: time.Duration(user+system) * clockTick, rss: pages * int64(os.Getpagesize())}, nil
}

// ownCPU is what this program has used.
func ownCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails only for another who
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
