package link

import (
	"encoding/binary"
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"golang.org/x/sys/unix"
)

const benchPayload = 1100 // a usual packet of a picture

// cpu runs a benchmark's loop and reports the CPU time of its thread per packet, which does not hold that of who drains.
func cpu(b *testing.B, packets int, loop func()) {
	b.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	used := func() int64 {
		var u unix.Rusage
		if err := unix.Getrusage(unix.RUSAGE_THREAD, &u); err != nil {
			b.Fatal(err)
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	b.ReportAllocs()
	b.ResetTimer()
	before := used()
	loop()
	b.ReportMetric(float64(used()-before)/float64(b.N*packets), "cpu-ns/packet")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*packets), "ns/packet")
}

// drained is a receiver whose socket is read empty.
func drained(b *testing.B, p *Port) *receiver {
	b.Helper()
	r := newReceiver(b, p, "127.0.0.1:0")
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 70_000)
		for {
			if _, err := r.udp.Read(buf); err != nil {
				return
			}
		}
	}()
	b.Cleanup(func() {
		_ = r.udp.Close()
		<-done
	})
	return r
}

// BenchmarkFloor is the least that forwarding one packet costs here: AES-GCM and one system call, nothing else.
func BenchmarkFloor(b *testing.B) {
	p := open(b, nil)
	r := drained(b, p)
	from, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	to, head, payload := r.conn.target.Load().addr, header(1), make([]byte, benchPayload)
	out := make([]byte, 0, maxDatagram)
	with := new(scratch)
	cpu(b, 1, func() {
		for i := range b.N {
			binary.BigEndian.PutUint16(head[2:], uint16(i))
			out = r.ours.sealRTP(out[:0], with, uint32(i>>16), head, payload)
			if _, err := from.WriteToUDPAddrPort(out, to); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSend is what sending costs through this package: packets in a row for each receiver, then a flush.
func BenchmarkSend(b *testing.B) {
	test := func(name string, receivers, each int, change func(*Config)) {
		b.Run(name, func(b *testing.B) {
			p := open(b, change)
			var all []*receiver
			for range receivers {
				all = append(all, drained(b, p))
			}
			batch, head, payload := p.Batch(), header(1), make([]byte, benchPayload)
			cpu(b, receivers*each, func() {
				for i := range b.N {
					for j := range each {
						binary.BigEndian.PutUint16(head[2:], uint16(i*each+j))
						for _, r := range all {
							r.conn.SendRTP(batch, uint32((i*each+j)>>16), head, payload)
						}
					}
					batch.Flush()
				}
			})
		})
	}
	test("one", 1, 1, nil)
	test("one_portable", 1, 1, func(c *Config) { c.portable = true })
	test("seven", 7, 1, nil)
	test("seven_by_three", 7, 3, nil)
	test("segments_16", 1, 16, nil)
}

// BenchmarkReceive is what a packet costs from the socket's buffer to the handler: lookup, replay, decryption.
func BenchmarkReceive(b *testing.B) {
	p := open(b, nil)
	keys := newPair(b, dtls.SRTP_AEAD_AES_128_GCM)
	n := 0
	conn := &Conn{port: p, handler: Handler{OnRTP: func(*Batch, []byte, time.Time) { n++ }}}
	conn.session.Store(keys.ours)
	from := netip.MustParseAddrPort("127.0.0.1:9")
	t := &target{conn: conn, socket: p.sockets[0], addr: from}
	conn.target.Store(t)
	p.sockets[0].know(t, time.Now())
	payload := make([]byte, benchPayload)
	packets := make([][]byte, 4096)
	batch := p.Batch()
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if i%len(packets) == 0 {
			b.StopTimer()
			for j := range packets {
				packets[j] = keys.theirs(packet(uint16(i+j), 9, payload...))
			}
			b.StartTimer()
		}
		p.sockets[0].handle(batch, packets[i%len(packets)], from, time.Now())
	}
	if n != b.N {
		b.Errorf("%d of %d packets were taken", n, b.N)
	}
}
