package server

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/samtale/samtale/frontend"
)

// noncePlaceholder stands in the built index.html where the request's nonce goes.
const noncePlaceholder = "__CSP_NONCE__"

const notBuilt = `<!doctype html><html lang="en"><title>Samtale</title><body><h1>The front end is not built</h1>
<p>Run <code>make build</code>, or <code>cd frontend && npm ci && npm run build</code>, and start again. The API is at <a href="/openapi.json">/openapi.json</a>.</p></body></html>`

// asset is one built file, ready to send.
type asset struct {
	contentType string
	plain, gzip []byte // gzip is nil where it would not be smaller
}

// pages serves the built front end from memory: hashed assets for ever, the index never from a cache and with a fresh
// nonce for each request.
type pages struct {
	index  []byte
	assets map[string]asset
}

func loadPages() (*pages, error) {
	dist, err := fs.Sub(frontend.Dist, "dist")
	if err != nil {
		return nil, err
	}
	p := &pages{index: []byte(notBuilt), assets: map[string]asset{}}
	err = fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		data, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		if name == "index.html" {
			p.index = data
			return nil
		}
		contentType := mime.TypeByExtension(path.Ext(name))
		switch {
		case path.Ext(name) == ".webmanifest": // package mime does not know it
			contentType = "application/manifest+json"
		case contentType == "":
			contentType = "application/octet-stream"
		}
		a := asset{contentType: contentType, plain: data}
		if strings.HasPrefix(contentType, "text/") || strings.Contains(contentType, "json") || strings.Contains(contentType, "svg") {
			a.gzip = compressed(data)
		}
		p.assets["/"+name] = a
		return nil
	})
	return p, err
}

// compressed returns nil where gzip does not pay. A rural line notices every kilobyte.
func compressed(data []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(data); err != nil || w.Close() != nil || b.Len() > len(data)*9/10 {
		return nil
	}
	return b.Bytes()
}

// serve answers everything that is not an API route: an asset, or the application's index for its own routes.
func (p *pages) serve(c *gin.Context) {
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
		writeProblem(c, errNotFound)
		return
	}
	name := path.Clean(c.Request.URL.Path)
	if a, ok := p.assets[name]; ok {
		p.sendAsset(c, name, a)
		return
	}
	if strings.HasPrefix(name, "/v1/") || strings.HasPrefix(name, "/demo/api/") || strings.HasPrefix(name, "/assets/") || strings.Contains(path.Base(name), ".") {
		writeProblem(c, errNotFound)
		return
	}
	nonce := newNonce()
	setContentPolicy(c.Writer.Header(), nonce)
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, "text/html; charset=utf-8", bytes.ReplaceAll(p.index, []byte(noncePlaceholder), []byte(nonce)))
}

func (p *pages) sendAsset(c *gin.Context, name string, a asset) {
	switch {
	case strings.HasPrefix(name, "/assets/"): // names hold a hash of the content
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	case name == "/sw.js": // a worker that rings wrongly must not live on; it shows our icons and fetches nothing
		c.Header("Cache-Control", "no-cache")
		c.Header("Content-Security-Policy", "default-src 'none'; img-src 'self'; frame-ancestors 'none'")
	default:
		c.Header("Cache-Control", "public, max-age=3600")
	}
	data := a.plain
	if a.gzip != nil {
		c.Header("Vary", "Accept-Encoding")
		if strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
			c.Header("Content-Encoding", "gzip")
			data = a.gzip
		}
	}
	c.Data(http.StatusOK, a.contentType, data)
}

func newNonce() string {
	var b [18]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails
	return base64.StdEncoding.EncodeToString(b[:])
}
