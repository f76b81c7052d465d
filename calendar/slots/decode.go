package slots

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// ParseRequest reads and checks a request. An unknown field, a missing or a contradictory value is an error that names it.
func ParseRequest(data []byte) (Request, error) {
	var r Request
	if err := Decode(data, &r); err != nil {
		return Request{}, err
	}
	if _, err := settle(r); err != nil && !errors.Is(err, errNoNow) { // whoever runs the search fills in now
		return Request{}, err
	}
	return r, nil
}

// Decode reads one JSON value, strictly: an unknown field, a value of the wrong type, a malformed instant or anything
// after the value is an error that names the field and what stands there.
func Decode(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil {
		if _, err := decoder.Token(); err != io.EOF {
			return errors.New("slots: more follows after the end of the JSON value")
		}
		return nil
	}
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return fmt.Errorf("slots: %s: %s instead of %s", cmp.Or(wrongType.Field, "the request"), wrongType.Value, wrongType.Type)
	}
	if path, value := malformedInstant(data, reflect.TypeOf(into)); path != "" {
		return fmt.Errorf("slots: %s %s: not an instant of RFC 3339", path, value)
	}
	return fmt.Errorf("slots: %s", strings.TrimPrefix(err.Error(), "json: "))
}

// malformedInstant finds the first value, fields in alphabetical order, that stands where the type wants an instant and is
// none: encoding/json says what is wrong with it but not where. The path is empty when there is none.
func malformedInstant(data []byte, in reflect.Type) (path, value string) {
	var tree any
	if json.Unmarshal(data, &tree) != nil {
		return "", ""
	}
	return malformedIn(tree, in, "")
}

func malformedIn(node any, in reflect.Type, path string) (at, value string) {
	for in.Kind() == reflect.Pointer {
		in = in.Elem()
	}
	if in == reflect.TypeFor[time.Time]() {
		raw, err := json.Marshal(node)
		if err == nil && new(time.Time).UnmarshalJSON(raw) != nil {
			return path, string(raw)
		}
		return "", ""
	}
	switch node := node.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(node)) {
			if field, ok := fieldOf(in, key); ok {
				if at, value = malformedIn(node[key], field, strings.TrimPrefix(path+"."+key, ".")); at != "" {
					return at, value
				}
			}
		}
	case []any:
		for i, item := range node {
			if in.Kind() != reflect.Slice {
				break
			}
			if at, value = malformedIn(item, in.Elem(), fmt.Sprintf("%s[%d]", path, i)); at != "" {
				return at, value
			}
		}
	}
	return "", ""
}

// fieldOf returns the type of the field that encoding/json fills from the key.
func fieldOf(in reflect.Type, key string) (reflect.Type, bool) {
	if in.Kind() != reflect.Struct {
		return nil, false
	}
	for _, f := range reflect.VisibleFields(in) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if strings.EqualFold(cmp.Or(name, f.Name), key) {
			return f.Type, true
		}
	}
	return nil, false
}
