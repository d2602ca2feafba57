package guide

import (
	"fmt"
	"slices"
	"strings"
)

// at writes a path within a list: "materials[7].name".
func at(list string, n int, field string) string {
	return strings.TrimSuffix(fmt.Sprintf("%s[%d].%s", list, n, field), ".")
}

func catchAllClause(_ *Catalogue, i *draft, say say) {
	const zh, en = "“%s”是兜底条款", "%q asks for something without saying what"
	for n, text := range i.Conditions {
		if catchAllCondition(text) {
			say(at("conditions", n, ""), zh, en, text)
		}
	}
	for n, m := range i.Materials {
		if catchAllName(m.Name) {
			say(at("materials", n, "name"), zh, en, m.Name)
		}
	}
}

func noMaterials(_ *Catalogue, i *draft, say say) {
	if len(i.Materials) == 0 {
		say("materials", "材料清单为空", "the list of materials is empty")
	}
}

func badMaterial(_ *Catalogue, i *draft, say say) {
	for n, m := range i.Materials {
		if m.No < 1 || strings.TrimSpace(m.Name) == "" {
			say(at("materials", n, ""), "材料要有从1起的序号和名称", "a material needs a number from 1 and a name")
		}
	}
}

func dupMaterial(_ *Catalogue, i *draft, say say) {
	var names []string
	for n, m := range i.Materials {
		name := strings.ReplaceAll(string(fold(m.Name)), " ", "")
		if name != "" && slices.Contains(names, name) {
			say(at("materials", n, ""), "材料“%s”重复列出", "the material %q is listed twice", m.Name)
		}
		names = append(names, name)
	}
}

// materialNumber lets pass what stands there twice, letter for letter: that is a
// duplicate material, and Parse takes one of them.
func materialNumber(_ *Catalogue, i *draft, say say) {
	for n, m := range i.Materials {
		same := func(o Material) bool { return o.No == m.No }
		if m.No >= 1 && slices.ContainsFunc(i.Materials[:n], same) && !slices.Contains(i.Materials[:n], m) {
			say(at("materials", n, "no"), "两份材料的序号都是%d", "two materials have number %d", m.No)
		}
	}
}

func unknownNecessity(_ *Catalogue, i *draft, say say) {
	for n, m := range i.Materials {
		if m.Need() == "" {
			say(at("materials", n, "necessity"), "必要性“%s”不认识", "%q is not known", m.Necessity)
		}
	}
}

func zeroCopies(_ *Catalogue, i *draft, say say) {
	for n, m := range i.Materials {
		if m.Need() == Must && m.Originals == 0 && m.Copies == 0 && !strings.Contains(m.Form, "电子") {
			say(at("materials", n, ""), "必要的纸质材料“%s”份数为0", "the material %q is needed on paper, and 0 of it", m.Name)
		}
	}
}

func unknownDataSet(c *Catalogue, i *draft, say say) {
	for n, m := range i.Materials {
		if _, known := c.DataSet(m.WaivedBy); m.WaivedBy != "" && !known {
			say(at("materials", n, "waived_by"), "没有共享数据集“%s”", "there is no data set %q", m.WaivedBy)
		}
	}
}

func asksShared(c *Catalogue, i *draft, say say) {
	for n, m := range i.Materials {
		for _, set := range c.dataSets {
			if m.WaivedBy == "" && slices.Contains(set.Waives, m.Name) {
				say(at("materials", n, "waived_by"), "“%s”可由共享数据“%s”核验", "%q is proved by the data set %q", m.Name, set.Name)
			}
		}
	}
}

func waiverUnproved(c *Catalogue, i *draft, say say) {
	for n, m := range i.Materials {
		set, known := c.DataSet(m.WaivedBy)
		proves := func(w string) bool { return strings.Contains(m.Name, w) || strings.Contains(w, m.Name) }
		if m.WaivedBy != "" && known && len(set.Waives) > 0 && !slices.ContainsFunc(set.Waives, proves) {
			say(at("materials", n, "waived_by"), "共享数据“%s”里没有“%s”", "the data set %q is not said to prove %q", set.Name, m.Name)
		}
	}
}
