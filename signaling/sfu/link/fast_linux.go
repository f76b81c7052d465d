package link

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	readAtOnce  = 64
	sendAtOnce  = 128
	maxSegments = 64 // older kernels' UDP_MAX_SEGMENTS
)

// message is the kernel's struct mmsghdr.
type message struct {
	unix.Msghdr
	n uint32
}

// sendmmsg is the system call's shape.
type sendmmsg func(fd uintptr, messages []message) (int, error)

// systemSendmmsg, like recvmmsg, does not tell Go's scheduler: neither call waits, and the telling would wake the runtime's
// monitor, which then looks every 20 µs for a while. At usual load that takes a third of all CPU time.
func systemSendmmsg(fd uintptr, messages []message) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(&messages[0])), uintptr(len(messages)), unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// sockaddr is an address as the kernel wants it.
type sockaddr struct {
	raw [unix.SizeofSockaddrInet6]byte
	n   uint32
}

func newSockaddr(a netip.AddrPort) sockaddr {
	var s sockaddr
	binary.BigEndian.PutUint16(s.raw[2:], a.Port())
	if a.Addr().Is4() {
		binary.NativeEndian.PutUint16(s.raw[:], unix.AF_INET)
		ip := a.Addr().As4()
		copy(s.raw[4:], ip[:])
		s.n = unix.SizeofSockaddrInet4
		return s
	}
	binary.NativeEndian.PutUint16(s.raw[:], unix.AF_INET6)
	ip := a.Addr().As16()
	copy(s.raw[8:], ip[:])
	if scope, err := strconv.ParseUint(a.Addr().Zone(), 10, 32); err == nil {
		binary.NativeEndian.PutUint32(s.raw[24:], uint32(scope))
	}
	s.n = unix.SizeofSockaddrInet6
	return s
}

func parseSockaddr(raw *[unix.SizeofSockaddrInet6]byte) netip.AddrPort {
	port := binary.BigEndian.Uint16(raw[2:])
	switch binary.NativeEndian.Uint16(raw[:]) {
	case unix.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[4:8])), port)
	case unix.AF_INET6:
		addr := netip.AddrFrom16([16]byte(raw[8:24])).Unmap()
		if scope := binary.NativeEndian.Uint32(raw[24:]); scope != 0 && addr.IsLinkLocalUnicast() {
			addr = addr.WithZone(strconv.FormatUint(uint64(scope), 10))
		}
		return netip.AddrPortFrom(addr, port)
	}
	return netip.AddrPort{}
}

// fast reads and writes many packets a system call.
type fast struct {
	socket *socket
	raw    syscall.RawConn

	messages [readAtOnce]message
	vectors  [readAtOnce]unix.Iovec
	names    [readAtOnce][unix.SizeofSockaddrInet6]byte
	packets  [readAtOnce][maxDatagram]byte
	n        int
	err      error
	receive  func(fd uintptr) bool // made once: a closure each time would allocate
}

func newFast(s *socket, portable bool) (*fast, error) {
	if portable {
		return nil, nil
	}
	raw, err := s.conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	f := &fast{socket: s, raw: raw}
	for i := range f.messages {
		f.vectors[i].Base = &f.packets[i][0]
		f.vectors[i].SetLen(maxDatagram)
		m := &f.messages[i]
		m.Name, m.Namelen = &f.names[i][0], unix.SizeofSockaddrInet6
		m.Iov = &f.vectors[i]
		m.SetIovlen(1)
	}
	f.receive = f.recvmmsg
	if err := raw.Control(func(fd uintptr) {
		if _, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_UDP, unix.UDP_SEGMENT); err == nil {
			s.port.segments.Store(true)
		}
	}); err != nil {
		return nil, err
	}
	return f, nil
}

// read waits for packets and handles all that came: the more load, the more packets a wake-up.
func (f *fast) read(b *Batch) error {
	for {
		if err := f.raw.Read(f.receive); err != nil {
			return err
		}
		if f.err != nil {
			return f.err
		}
		f.socket.reads.Add(1)
		at := time.Now()
		for i := range f.n {
			m := &f.messages[i]
			if m.Flags&unix.MSG_TRUNC == 0 {
				f.socket.handle(b, f.packets[i][:m.n], parseSockaddr(&f.names[i]), at)
			}
			m.Namelen = unix.SizeofSockaddrInet6
		}
		b.Flush()
	}
}

// recvmmsg tells the poller whether it is done.
func (f *fast) recvmmsg(fd uintptr) bool {
	for {
		n, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&f.messages[0])), readAtOnce, unix.MSG_DONTWAIT, 0, 0)
		f.n, f.err = int(n), nil
		switch errno {
		case 0:
			return true
		case unix.EINTR:
			continue
		case unix.EAGAIN:
			f.socket.empty.Add(1)
			return false
		}
		f.n, f.err = 0, errno
		return true
	}
}
