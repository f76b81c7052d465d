// Package compare holds package calendar against other engines: the same seeded feeds, the same windows, the same busy time,
// or a named reason why not. It holds nothing that a program needs: its tests and benchmarks are all of it. It refuses to know
// how calendar works; it asks calendar.Read what every caller asks.
//
//	feeds from a seed                     series_test.go rule_test.go places_test.go
//	libical by a C program, recurring-ical-events by a script, each a
//	child that answers feeds              partner_test.go testdata/libical testdata/rie
//	where they differ, and why            differ_test.go reasons*_test.go clocks_test.go
//	what rules give, case by case         cases_test.go testdata/rules.txt
//	how fast each of them is              speed_test.go naive_test.go
//
// The partners come with scripts/setup test. Where one is missing its tests skip and say so; where CI is set they fail.
package compare
