package signaling

import "time"

// view takes what a device shows.
func (r *room) view(s *session, m Message) string {
	var v View
	if m.read(&v) != nil || v.check() != nil {
		return CodeMalformed
	}
	if !s.in {
		return CodeNotIn
	}
	s.view = &v
	return ""
}

// reported takes what a device knows of its own line.
func (r *room) reported(s *session, m Message) string {
	var l LineReport
	if m.read(&l) != nil || l.check() != nil {
		return CodeMalformed
	}
	if !s.in {
		return CodeNotIn
	}
	s.report, s.reportAt = l, time.Now()
	return ""
}
