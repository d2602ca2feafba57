// Package roster reads the lists of appointments that other systems hand over, as people save
// them from there or from a spreadsheet. It opens no file and grants nothing: what a line asks
// for goes to the hub of the hall like the wish of a kiosk.
package roster

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Row is a line of a list: what stands in the columns that are read, by their names here. No is
// its number in the file, from 1 on. Err is why the line itself cannot be read.
type Row struct {
	No     int
	Fields map[string]string
	Err    error
}

// Names of the columns that are read.
const (
	colHall      = "hall"
	colService   = "service"
	colItem      = "item"
	colDate      = "date"
	colTime      = "time"
	colPhone     = "phone"
	colIdentity  = "identity"
	colPseudonym = "hash"
	colReference = "reference"
	colLanguage  = "language"
)

// columns are the names under which a column may stand in a file, without blanks and in small letters.
var columns = map[string][]string{
	colHall:      {"hall", "大厅", "服务大厅", "办事大厅", "网点", "大厅名称"},
	colService:   {"service", "letter", "queue", "area", "业务", "业务区", "业务类型", "队列"},
	colItem:      {"item", "item_code", "code", "事项", "事项编码", "事项名称", "事项代码"},
	colDate:      {"date", "日期", "预约日期", "办理日期"},
	colTime:      {"time", "时间", "时段", "预约时间", "预约时段", "办理时间"},
	colPhone:     {"phone", "mobile", "phone_last4", "手机", "手机号", "手机号码", "电话", "联系电话", "手机号后四位", "手机后四位", "尾号"},
	colIdentity:  {"identity", "id_number", "idcard", "身份证", "身份证号", "身份证号码", "证件号", "证件号码"},
	colPseudonym: {"hash", "pseudonym", "person", "证件哈希", "人员标识", "用户标识"},
	colReference: {"reference", "ref", "id", "预约号", "预约编号", "订单号", "流水号", "编号"},
	colLanguage:  {"language", "lang", "语言"},
}

// column gives the name here of a column of a file; empty for one that is not read.
func column(name string) string {
	name = strings.ToLower(strings.Join(strings.Fields(name), ""))
	for own, list := range columns {
		if slices.Contains(list, name) {
			return own
		}
	}
	return ""
}

// Errors of Read.
var (
	// ErrText says that a file is in no encoding that is known here.
	ErrText = errors.New("the file is neither UTF-8 nor GBK text: save it as “CSV UTF-8” and try again")
	// ErrColumns says that a list lacks columns.
	ErrColumns = errors.New("the first line names no columns that are known")
	errEmpty   = errors.New("there is nothing in the file")
)

// Read gives the lines of a list and the names of its columns that are not read: CSV with commas,
// tabs or semicolons and a first line that names the columns, or an object of JSON a line. A line
// that cannot be read has its error and spoils no other one.
func Read(file []byte) (rows []Row, unread []string, err error) {
	text, err := decode(file)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case strings.TrimSpace(text) == "":
		return nil, nil, errEmpty
	case strings.HasPrefix(strings.TrimSpace(text), "{"):
		rows, unread = readObjects(text)
	default:
		rows, unread, err = readTable(text)
	}
	slices.Sort(unread)
	return rows, slices.Compact(unread), err
}

// decode makes UTF-8 of what spreadsheets save: with or without a mark at the beginning, UTF-16
// with one, or GBK and what it is a part of.
func decode(file []byte) (string, error) {
	switch {
	case bytes.HasPrefix(file, []byte("\xff\xfe")), bytes.HasPrefix(file, []byte("\xfe\xff")):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(file)
		if err != nil || !utf8.Valid(out) {
			return "", ErrText
		}
		file = out
	case utf8.Valid(file):
		file = bytes.TrimPrefix(file, []byte("\ufeff"))
	default:
		out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(file)
		if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
			return "", ErrText
		}
		file = out
	}
	if bytes.IndexByte(file, 0) >= 0 {
		return "", ErrText
	}
	return strings.ReplaceAll(strings.ReplaceAll(string(file), "\r\n", "\n"), "\r", "\n"), nil
}

func readObjects(text string) (rows []Row, unread []string) {
	for n, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		row := Row{No: n + 1, Fields: map[string]string{}}
		in := json.NewDecoder(strings.NewReader(line))
		in.UseNumber()
		var object map[string]any
		if err := in.Decode(&object); err != nil || in.More() {
			row.Err = errors.New("it is no object of JSON: a line holds one, {\"date\": …}")
		}
		for name, value := range object {
			own := column(name)
			if own == "" {
				unread = append(unread, name)
				continue
			}
			switch v := value.(type) {
			case nil:
			case string:
				row.Fields[own] = strings.TrimSpace(v)
			case json.Number:
				row.Fields[own] = v.String()
			default:
				row.Err = fmt.Errorf("%s is no text", name)
			}
		}
		rows = append(rows, row)
	}
	return rows, unread
}

// readTable reads a table as a whole, where a cell may hold line ends; where that fails each line
// alone, so that a quotation mark too many spoils one line.
func readTable(text string) ([]Row, []string, error) {
	head, _, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	comma := ','
	for _, c := range "\t;，" {
		if strings.ContainsRune(head, c) && !strings.ContainsRune(head, comma) {
			comma = c
		}
	}
	cells, err := split(text, comma, false)
	if err != nil {
		cells = nil
		for n, line := range strings.Split(text, "\n") {
			one, err := split(line, comma, true)
			if err != nil || len(one) > 1 {
				cells = append(cells, record{n + 1, nil})
			} else if len(one) == 1 {
				cells = append(cells, record{n + 1, one[0].cells})
			}
		}
	}
	if len(cells) == 0 {
		return nil, nil, errEmpty
	}
	var own, unread []string
	for _, name := range cells[0].cells {
		c := column(name)
		if c == "" && strings.TrimSpace(name) != "" {
			unread = append(unread, strings.TrimSpace(name))
		}
		if c != "" && slices.Contains(own, c) {
			return nil, nil, fmt.Errorf("%w: two of them are the %s", ErrColumns, c)
		}
		own = append(own, c)
	}
	for _, must := range []string{colDate, colTime} {
		if !slices.Contains(own, must) && !(must == colTime && slices.Contains(own, colDate)) {
			return nil, nil, fmt.Errorf("%w: there has to be %s (%s)", ErrColumns, must, strings.Join(columns[must], ", "))
		}
	}
	var rows []Row
	for _, r := range cells[1:] {
		row := Row{No: r.no, Fields: map[string]string{}}
		if r.cells == nil {
			row.Err = errors.New("it is no line of a table: look at its quotation marks")
		}
		empty := r.cells != nil
		for i, cell := range r.cells {
			cell = strings.TrimSpace(cell)
			empty = empty && cell == ""
			if i < len(own) && own[i] != "" {
				row.Fields[own[i]] = cell
			}
		}
		if !empty {
			rows = append(rows, row)
		}
	}
	return rows, unread, nil
}

// record is a line of a table; no cells where it cannot be read.
type record struct {
	no    int
	cells []string
}

func split(text string, comma rune, lazy bool) (out []record, err error) {
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.TrimLeadingSpace, in.LazyQuotes = comma, -1, true, lazy
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		no, _ := in.FieldPos(0)
		out = append(out, record{no, cells})
	}
}
