//go:build linux

// Line is a long and bad line for tests: it passes Ethernet frames between two interfaces, later than they came, and loses
// bursts of them. Kernels without netem cannot. It knows nothing of what it carries; how much fits through is tbf's matter, and
// single losses are nft's.
//
//	line --up b1 --down a1 --seed 1
//
// Frames heard on "down" (where the client is) leave on "up" (where the server is), and the other way round. It reads Settings as
// JSON, one a line, from its input, answers each with "set", and ends when the input ends.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "line:", err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("line", flag.ContinueOnError)
	up := flags.String("up", "", "interface towards the server")
	down := flags.String("down", "", "interface towards the client")
	seed := flags.Uint64("seed", 1, "of the losses and the jitter: the same again, the same losses")
	if err := flags.Parse(args); err != nil {
		return err
	}
	upper, err := open(*up)
	if err != nil {
		return err
	}
	defer upper.close()
	lower, err := open(*down)
	if err != nil {
		return err
	}
	defer lower.close()
	ups, downs := newWay(*seed), newWay(*seed+1)
	stop := make(chan struct{})
	var running sync.WaitGroup
	defer running.Wait()
	defer close(stop)
	for _, each := range []struct {
		from, to *tap
		way      *way
	}{{lower, upper, ups}, {upper, lower, downs}} {
		running.Go(func() { each.from.listen(each.way, stop) })
		running.Go(func() { each.way.deliver(each.to.send, stop) })
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var s Setting
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return err
		}
		ups.set(s, s.Up)
		downs.set(s, s.Down)
		if _, err := fmt.Fprintln(out, "set"); err != nil {
			return err
		}
	}
	return lines.Err()
}

// tap hears and sends whole Ethernet frames on one interface.
type tap struct {
	fd      int
	address syscall.SockaddrLinklayer
}

// everyFrame is ETH_P_ALL in network order.
const everyFrame = syscall.ETH_P_ALL<<8 | syscall.ETH_P_ALL>>8

// listenFor is how soon a tap notices that it should stop.
const listenFor = 200 * time.Millisecond

func open(name string) (*tap, error) {
	dev, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("interface %q: %w", name, err)
	}
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, everyFrame)
	if err != nil {
		return nil, fmt.Errorf("packet socket: %w", err)
	}
	t := &tap{fd: fd, address: syscall.SockaddrLinklayer{Protocol: everyFrame, Ifindex: dev.Index}}
	timeout := syscall.NsecToTimeval(listenFor.Nanoseconds())
	if err := errors.Join(syscall.Bind(fd, &t.address), syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &timeout)); err != nil {
		t.close()
		return nil, fmt.Errorf("interface %q: %w", name, err)
	}
	return t, nil
}

// listen hears what comes in by the interface, not what we send by it.
func (t *tap) listen(w *way, stop <-chan struct{}) {
	buf := make([]byte, 1<<16)
	for {
		select {
		case <-stop:
			return
		default:
		}
		n, from, err := syscall.Recvfrom(t.fd, buf, 0)
		if err != nil {
			continue // nothing has come, or the interface is down for now
		}
		if a, ok := from.(*syscall.SockaddrLinklayer); ok && a.Pkttype != syscall.PACKET_OUTGOING {
			w.hear(buf[:n], time.Now())
		}
	}
}

// send loses what the interface does not take: its queue is full.
func (t *tap) send(frame []byte) { _ = syscall.Sendto(t.fd, frame, 0, &t.address) }

func (t *tap) close() { _ = syscall.Close(t.fd) }
