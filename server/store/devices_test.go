package store

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

func newDevice(id string, person conference.PersonID, added time.Duration) Device {
	return Device{ID: id, Person: person, Sealed: "k.box", Name: "Phone " + id, Added: noon.Add(added)}
}

func TestDevices(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		phone, pc := newDevice("d_phone", "p_kaja", 0), newDevice("d_pc", "p_kaja", time.Hour)
		if err := errors.Join(b.PutDevice(ctx, phone), b.PutDevice(ctx, pc)); err != nil {
			t.Fatal(err)
		}
		tell := func(name string, want ...Device) {
			t.Helper()
			if got := must[[]Device](t)(b.Devices(ctx, "p_kaja")); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v\nwant %+v", name, got, want)
			}
		}
		tell("the newest first", pc, phone)
		if err := errors.Join(
			b.NoteDevice(ctx, "p_kaja", "d_pc", false, noon), b.NoteDevice(ctx, "p_kaja", "d_pc", false, noon), b.NoteDevice(ctx, "p_kaja", "d_gone", true, noon),
			b.NoteDevice(ctx, "p_kaja", "d_phone", true, noon.Add(time.Minute)),
		); err != nil {
			t.Fatal(err)
		}
		pc.Failures, phone.LastOK = 2, noon.Add(time.Minute)
		tell("pushed to", pc, phone)
		renewed := newDevice("d_pc", "p_kaja", 2*time.Hour)
		renewed.Sealed = "k.other"
		if err := b.PutDevice(ctx, renewed); err != nil {
			t.Fatal(err)
		}
		renewed.Failures = 2
		tell("with new keys", renewed, phone)
		if err := b.NoteDevice(ctx, "p_kaja", "d_pc", true, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		renewed.Failures, renewed.LastOK = 0, noon.Add(time.Hour)
		tell("it works again", renewed, phone)
		has := must[map[conference.PersonID]bool](t)(b.HasDevices(ctx, "p_kaja", "p_simen"))
		if !reflect.DeepEqual(has, map[conference.PersonID]bool{"p_kaja": true}) {
			t.Errorf("who has devices: %v", has)
		}
		if err := errors.Join(
			b.DropDevice(ctx, "p_simen", "d_phone"), b.DropDevice(ctx, "p_kaja", "d_pc"), b.DropDevice(ctx, "p_kaja", "d_pc"),
		); err != nil {
			t.Fatal(err)
		}
		tell("one is dropped", phone)
		if err := b.DropDevice(ctx, "p_kaja", "d_phone"); err != nil {
			t.Fatal(err)
		}
		if has := must[map[conference.PersonID]bool](t)(b.HasDevices(ctx, "p_kaja")); len(has) != 0 {
			t.Errorf("after the last was dropped: %v", has)
		}
		if err := b.PutDevice(ctx, newDevice("d:ok", "p_kaja", 0)); err == nil {
			t.Error("an id with a colon was kept")
		}
	})
}

func TestDevicesAreBounded(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		for i := range devicesMost + 2 {
			if err := b.PutDevice(ctx, newDevice(fmt.Sprint("d_", i), "p_kaja", time.Duration(i)*time.Minute)); err != nil {
				t.Fatal(err)
			}
			if err := b.NoteDevice(ctx, "p_kaja", fmt.Sprint("d_", i), true, noon); err != nil { // its fields are no devices
				t.Fatal(err)
			}
		}
		devices := must[[]Device](t)(b.Devices(ctx, "p_kaja"))
		if len(devices) != devicesMost || devices[0].ID != "d_11" || devices[devicesMost-1].ID != "d_2" {
			t.Errorf("%d devices: %+v", len(devices), devices)
		}
		if n := must[int64](t)(b.read.HLen(ctx, b.devicesKey()).Result()); n != devicesMost {
			t.Errorf("%d devices of all, want %d", n, devicesMost)
		}
	})
}

// TestDeviceBelongsToOne: colleagues turn it on, one after the other and at once, in the browser of a shared PC.
func TestDeviceBelongsToOne(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		if err := errors.Join(b.PutDevice(ctx, newDevice("d_pc", "p_kaja", 0)), b.NoteDevice(ctx, "p_kaja", "d_pc", true, noon)); err != nil {
			t.Fatal(err)
		}
		people := []conference.PersonID{"p_kaja"}
		var wg sync.WaitGroup
		for i := range 6 {
			me := conference.PersonID(fmt.Sprint("p_", i))
			people = append(people, me)
			wg.Go(func() {
				if err := b.PutDevice(ctx, newDevice("d_pc", me, time.Hour)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		owners := must[map[conference.PersonID]bool](t)(b.HasDevices(ctx, people...))
		if len(owners) != 1 || owners["p_kaja"] {
			t.Fatalf("it belongs to %v", owners)
		}
		for p := range owners {
			if d := must[[]Device](t)(b.Devices(ctx, p)); len(d) != 1 || d[0].Person != p || !d[0].LastOK.IsZero() {
				t.Errorf("devices of %s: %+v", p, d)
			}
		}
	})
}
