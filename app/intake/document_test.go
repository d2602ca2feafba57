package intake

import (
	"slices"
	"strings"
	"testing"
)

// A notice of acceptance tells what shared data is to verify and that the citizen's paper counts where it is
// disputed (浙江 10); it asks for none of it, and a receipt lists the paper of who disputed.
func TestANoticeTellsWhatSharedDataVerifies(t *testing.T) {
	d := Document{Kind: PaperAcceptance, Case: "N1", Item: "样例", State: Accepted, Taken: "2026-11-24", Due: "2026-11-27",
		Rows: []DocumentRow{{"申请书", Brought}, {"户口簿", Unverified}, {"结婚证", Waived}, {"残疾人证", Contested}}}
	said := strings.Join(d.Says(), "")
	if !strings.Contains(said, "不用提交：户口簿。") || strings.Contains(said, "补交") || !strings.Contains(said, "以您提交的材料为准") {
		t.Errorf("%s", said)
	}
	d.Rows[1].State = Waived
	if said := strings.Join(d.Says(), ""); strings.Contains(said, "共享数据") {
		t.Errorf("nothing is to be verified: %s", said)
	}
	d.Kind = PaperReceipt
	if got := d.Listed(); !slices.Equal(got, [][2]string{{"申请书", "收到"}, {"残疾人证", "收到(有异议)"}}) {
		t.Errorf("%v", got)
	}
}
