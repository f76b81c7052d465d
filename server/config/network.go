package config

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// optional is an address, or "off": none.
func (r *reader) optional(name, otherwise string) string {
	switch r.text(name, otherwise) {
	case "", "off":
		return ""
	}
	return r.address(name, otherwise)
}

// keyPair reads the names of two files that belong together: a certificate's chain and its key.
func (r *reader) keyPair(cert, key string) (certFile, keyFile string) {
	certFile, keyFile = r.text(cert, ""), r.text(key, "")
	switch {
	case certFile == "" && keyFile == "":
	case certFile == "" || keyFile == "":
		r.mistakes = append(r.mistakes, fmt.Errorf("%s and %s belong together: set both or neither", cert, key))
	default:
		if _, err := tls.LoadX509KeyPair(certFile, keyFile); err != nil { // says what is wrong and never what is in the files
			r.mistakes = append(r.mistakes, fmt.Errorf("%s, %s: %w", cert, key, err))
		}
	}
	return certFile, keyFile
}

// checkTLS holds settings against each other.
func (r *reader) checkTLS(c Config) {
	if c.TURNTLS != "" && c.TLSCert == "" {
		r.mistakes = append(r.mistakes, errors.New("SAMTALE_TURN_TLS needs SAMTALE_TLS_CERT and SAMTALE_TLS_KEY"))
	}
	if c.TURNTLS != "" && c.TURN == "" {
		r.mistakes = append(r.mistakes, errors.New("SAMTALE_TURN_TLS is set and SAMTALE_TURN is off"))
	}
	if c.EndsTLS() && !c.Secure() {
		r.wrong("SAMTALE_PUBLIC_URL", c.PublicURL.String(), "an https address, which it is with SAMTALE_TLS_CERT")
	}
}

// turnURL checks one of RFC 7065, as far as we speak it.
func turnURL(value string) (string, error) {
	scheme, rest, _ := strings.Cut(value, ":")
	address, query, asked := strings.Cut(rest, "?")
	transport := strings.TrimPrefix(query, "transport=")
	host, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	} else if !strings.Contains(address, ":") {
		host, err = address, nil // the port of the scheme
	}
	fits := transport == "tcp" || (scheme == "turn" && (transport == "udp" || !asked))
	if (scheme != "turn" && scheme != "turns") || host == "" || err != nil || !fits {
		return "", fmt.Errorf("%q is not turn:host:port?transport=udp, …=tcp, or turns:host:port?transport=tcp", value)
	}
	return value, nil
}
