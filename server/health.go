package server

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics counts what an operator watches. No label ever names a person, a case or a meeting.
type metrics struct {
	registry   *prometheus.Registry
	requests   *prometheus.HistogramVec
	feeds      *prometheus.CounterVec
	mails      *prometheus.CounterVec
	bookings   *prometheus.CounterVec
	consults   *prometheus.CounterVec
	attendance prometheus.Counter
}

func newMetrics(inCall func() float64) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "samtale_http_request_seconds", Help: "Time to answer, by route pattern.",
			Buckets: []float64{.001, .005, .015, .05, .15, .5, 2},
		}, []string{"method", "route", "status"}),
		feeds:      prometheus.NewCounterVec(prometheus.CounterOpts{Name: "samtale_feed_fetches_total", Help: "Calendar fetches by outcome."}, []string{"outcome"}),
		mails:      prometheus.NewCounterVec(prometheus.CounterOpts{Name: "samtale_mails_total", Help: "Mails by outcome."}, []string{"outcome"}),
		bookings:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "samtale_bookings_total", Help: "Bookings by outcome."}, []string{"outcome"}),
		consults:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "samtale_consults_total", Help: "Consults by kind and the state they came to."}, []string{"kind", "state"}),
		attendance: prometheus.NewCounter(prometheus.CounterOpts{Name: "samtale_attendance_events_lost_total", Help: "Attendance events that could not be written."}),
	}
	m.registry.MustRegister(m.requests, m.feeds, m.mails, m.bookings, m.consults, m.attendance, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "samtale_people_in_calls", Help: "Sessions in calls on this node."}, inCall))
	return m
}

func (m *metrics) request(method, route string, status int, took time.Duration) {
	class := string(rune('0'+status/100)) + "xx"
	m.requests.WithLabelValues(method, route, class).Observe(took.Seconds())
}

func (m *metrics) handler() gin.HandlerFunc {
	return gin.WrapH(promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
}

// livez says that the process runs.
func (s *Server) livez(c *gin.Context) { c.String(http.StatusOK, "ok\n") }

// readyz says whether this node should get work, and how its store keeps data.
func (s *Server) readyz(c *gin.Context) {
	kept := "durable"
	if s.ephemeral {
		kept = "ephemeral"
	}
	switch {
	case s.ctx.Err() != nil:
		c.JSON(http.StatusServiceUnavailable, gin.H{"ready": false, "why": "draining", "store": kept})
	case s.store.Ping(c.Request.Context()) != nil:
		c.JSON(http.StatusServiceUnavailable, gin.H{"ready": false, "why": "store", "store": kept})
	default:
		c.JSON(http.StatusOK, gin.H{"ready": true, "store": kept})
	}
}
