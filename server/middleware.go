package server

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"
)

// setContentPolicy allows what this server sends and nothing else: no third party is ever asked for anything.
func setContentPolicy(h http.Header, nonce string) {
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "+
		"script-src 'self' 'nonce-"+nonce+"'; style-src 'self' 'nonce-"+nonce+"'; img-src 'self' data: blob:; font-src 'self'; "+
		"connect-src 'self'; media-src 'self' blob: mediastream:; manifest-src 'self'; worker-src 'self'")
}

// guardHeaders sets what every answer carries. Links hold tokens, so no referrer ever leaves; camera and microphone are
// ours alone.
func (s *Server) guardHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), screen-wake-lock=(self), geolocation=(), payment=()")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	if s.config.Secure() && s.config.PublicURL.Hostname() != "localhost" { // where other programs' pages are too
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if c.Request.URL.Path != "/" {
		h.Set("Cache-Control", "no-store") // answers hold people's names; assets set their own
	}
	c.Next()
}

// logRequests writes one line a request with the route's pattern, never the path: paths may hold ids and tokens.
func (s *Server) logRequests(c *gin.Context) {
	begin := time.Now()
	defer func() {
		if fault := recover(); fault != nil {
			s.log.Error("handler panicked", slog.String("route", c.FullPath()), slog.Any("err", fault), slog.String("stack", string(debug.Stack())))
			writeProblem(c, errInternal)
		}
		route := c.FullPath()
		if route == "" {
			route = "page"
		}
		took := time.Since(begin)
		s.metrics.request(c.Request.Method, route, c.Writer.Status(), took)
		s.log.Debug("request", slog.String("method", c.Request.Method), slog.String("route", route),
			slog.Int("status", c.Writer.Status()), slog.Duration("took", took))
	}()
	c.Next()
}

// writeProblem answers outside huma in the same shape.
func writeProblem(c *gin.Context, p *Problem) {
	if c.Writer.Written() {
		return
	}
	body, err := json.Marshal(p)
	if err != nil {
		c.AbortWithStatus(http.StatusInternalServerError)
		return
	}
	c.Abort()
	c.Data(p.Status, "application/problem+json", body)
}
