package signaling

// Running counts the rooms that have not ended: nobody may be in one that is about to.
func (rs *Rooms) Running() int { return len(rs.list()) }
