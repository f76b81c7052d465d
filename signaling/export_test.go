package signaling

// Running counts the rooms that have not ended: nobody may be in one that is about to.
func (rs *Rooms) Running() int { return len(rs.list()) }

// Links counts the media connections in a room, those included that have not come to stand yet.
func (rs *Rooms) Links(conference string) int {
	count := make(chan int, 1)
	rs.ask(conference, func(r *room) {
		n := 0
		for _, s := range r.sessions {
			if s.link != nil {
				n++
			}
		}
		count <- n
	})
	return <-count
}
