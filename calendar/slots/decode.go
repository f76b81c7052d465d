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
	"strconv"
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
// after the value is an error that names the field, with its place in lists, and what stands there.
func Decode(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return fmt.Errorf("slots: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("slots: more follows after the end of the JSON value")
	}
	if fault := faultIn(tree, reflect.TypeOf(into), ""); fault != "" {
		return errors.New("slots: " + fault)
	}
	decoder = json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("slots: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// faultIn finds the first value, fields in alphabetical order, that does not fit the type: encoding/json says what is wrong
// with it, but not where. Null fits everywhere and says nothing. Empty: none.
func faultIn(node any, in reflect.Type, path string) string {
	for in.Kind() == reflect.Pointer {
		in = in.Elem()
	}
	if node == nil {
		return ""
	}
	if in == reflect.TypeFor[time.Time]() {
		raw, err := json.Marshal(node)
		if err == nil && new(time.Time).UnmarshalJSON(raw) != nil {
			return fmt.Sprintf("%s %s: not an instant of RFC 3339", path, raw)
		}
		return ""
	}
	want, fits := wanted(node, in)
	if !fits {
		return fmt.Sprintf("%s: %s instead of %s", cmp.Or(path, "the request"), kindOf(node), want)
	}
	switch node := node.(type) {
	case map[string]any:
		return faultInObject(node, in, path)
	case []any:
		for i, item := range node {
			if fault := faultIn(item, in.Elem(), fmt.Sprintf("%s[%d]", path, i)); fault != "" {
				return fault
			}
		}
	}
	return ""
}

func faultInObject(node map[string]any, in reflect.Type, path string) string {
	for _, key := range slices.Sorted(maps.Keys(node)) {
		field, ok := fieldOf(in, key)
		if !ok && path == "" {
			return fmt.Sprintf("unknown field %q", key)
		}
		if !ok {
			return fmt.Sprintf("%s: unknown field %q", path, key)
		}
		if fault := faultIn(node[key], field, strings.TrimPrefix(path+"."+key, ".")); fault != "" {
			return fault
		}
	}
	return ""
}

// wanted names what JSON a type is read from, and says whether the value is that.
func wanted(node any, in reflect.Type) (want string, fits bool) {
	switch in.Kind() {
	case reflect.Struct:
		_, fits = node.(map[string]any)
		return "object", fits
	case reflect.Slice:
		_, fits = node.([]any)
		return "array", fits
	case reflect.String:
		_, fits = node.(string)
		return "string", fits
	case reflect.Bool:
		_, fits = node.(bool)
		return "bool", fits
	case reflect.Int:
		number, _ := node.(json.Number)
		_, err := strconv.Atoi(number.String())
		return "int", err == nil
	}
	return in.String(), true
}

func kindOf(node any) string {
	switch node := node.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case bool:
		return "bool"
	case json.Number:
		return "number " + node.String()
	}
	return "string"
}

// fieldOf returns the type of the field that encoding/json fills from the key.
func fieldOf(in reflect.Type, key string) (reflect.Type, bool) {
	for _, f := range reflect.VisibleFields(in) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && name != "-" && strings.EqualFold(cmp.Or(name, f.Name), key) {
			return f.Type, true
		}
	}
	return nil, false
}
