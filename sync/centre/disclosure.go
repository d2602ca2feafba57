package centre

import (
	"bytes"
	"cmp"
	"context"
	_ "embed" // the page
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"onewindow/app/disclosure"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// Disclosures lists the requests for information of all halls.
type Disclosures interface {
	Disclosures(ctx context.Context, id hall.ID) ([]*disclosure.Case, error)
}

//go:embed disclosure.html
var disclosureText string

var disclosureTemplate = template.Must(template.New("disclosure").Parse(disclosureText))

// openShown bounds the requests that are listed; the table counts all.
const openShown = 200

// OpenDisclosure is a request that is not answered.
type OpenDisclosure struct {
	Number, Agency string
	disclosure.Standing
	Late bool
}

// disclosurePage is the statutory table of a year with its check, and what is not answered.
// Nothing of a person is in it.
type disclosurePage struct {
	page
	Table      disclosure.Table
	Unbalanced error
	Open       []OpenDisclosure
	Today      hall.Date
	ThisYear   int
}

// Parties are the columns of the table.
func (p disclosurePage) Parties() []disclosure.Party { return disclosure.Parties }

// Shown are the requests that are listed, those whose day comes first before all others.
func (p disclosurePage) Shown() []OpenDisclosure { return p.Open[:min(len(p.Open), openShown)] }

// Before and After are the years beside the one shown.
func (p disclosurePage) Before() int { return p.Table.Year - 1 }

// After is the year behind the one shown.
func (p disclosurePage) After() int { return p.Table.Year + 1 }

// disclosures serves "/disclosure": ?year= a year, the current one without it; ?lang=en.
func (c *Centre) disclosures(w http.ResponseWriter, r *http.Request) {
	p := disclosurePage{page: page{Lang: zh}, Today: hall.DateOf(c.opt.Now())}
	if r.URL.Query().Get("lang") == en {
		p.Lang = en
	}
	p.ThisYear, _ = strconv.Atoi(string(p.Today[:4]))
	year, err := strconv.Atoi(cmp.Or(r.URL.Query().Get("year"), strconv.Itoa(p.ThisYear)))
	if err != nil || year < 2008 || year > p.ThisYear {
		http.Error(w, "There is no such year. 没有这个年度。", http.StatusNotFound)
		return
	}
	body, err := c.renderDisclosures(r.Context(), p, year)
	if err != nil {
		c.opt.Logger.Error("page of requests for information", "error", err)
		http.Error(w, "The page could not be made; the centre's log says why. 页面无法生成，请查看中心日志。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", p.Lang)
	c.write(w, body)
}

func (c *Centre) renderDisclosures(ctx context.Context, p disclosurePage, year int) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, readFor)
	defer cancel()
	list, err := c.opt.Disclosures.Disclosures(ctx, "")
	if err != nil {
		return nil, err
	}
	p.Table = disclosure.Tabulate(year, list, p.Today)
	p.Unbalanced = p.Table.Check()
	p.Open = openDisclosures(list, c.opt.Calendar, p.Today)
	var b bytes.Buffer
	if err := disclosureTemplate.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return b.Bytes(), nil
}

// openDisclosures lists what is not answered, those whose day comes first before all others.
func openDisclosures(list []*disclosure.Case, calendar *intake.Calendar, today hall.Date) []OpenDisclosure {
	var open []OpenDisclosure
	for _, d := range list {
		if s := d.Stands(calendar, today); d.Known() && s.State != disclosure.Answered {
			open = append(open, OpenDisclosure{Number: d.Number, Agency: d.Agency, Standing: s, Late: s.Late(today)})
		}
	}
	slices.SortStableFunc(open, func(a, b OpenDisclosure) int {
		return cmp.Or(cmp.Compare(cmp.Or(a.Due, "9"), cmp.Or(b.Due, "9")), cmp.Compare(a.Number, b.Number))
	})
	return open
}
