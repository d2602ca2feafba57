package wire

import (
	"fmt"
	"strings"

	"onewindow/app/event"
)

// Verb is what a device asks of a place. Each device asks under a subject of its
// own, "ow.1.<place>.<verb>.<hall>.<device>", so that the server can hold it to
// its own name. The whole origin stands there, not only the device: the centre
// hears several halls, and a terminal that speaks straight to it asks the same way.
type Verb string

// Verbs, with what they take and answer.
const (
	VerbPush  Verb = "push"  // a Push; an Ack
	VerbFeed  Verb = "feed"  // a FeedAsk; a Feed
	VerbCall  Verb = "call"  // a hall.Call; a Grant
	VerbBlock Verb = "block" // a BlockAsk; a Grant
	VerbBook  Verb = "book"  // a hall.Book; a Grant
	// Of appointments: the keys that identity cards are marked with, and what people want at the centre.
	VerbLend   Verb = "lend"   // names of keys as a JSON list; a JSON list of CaseKey
	VerbWishes Verb = "wishes" // a WishesAsk; a WishesAnswer, as soon as there is a wish

	VerbCases Verb = "cases" // a CasesAsk; a JSON list of CaseRow
	VerbBeat  Verb = "beat"  // a Beat; a BeatReply
	VerbCheck Verb = "check" // a CheckAsk; a CheckAnswer
	VerbKeys  Verb = "keys"  // a KeysAsk; a KeysAnswer
	VerbCase  Verb = "case"  // the number of an application as text; a CaseAnswer
	VerbKey   Verb = "key"   // the id of a case as text; a CaseKey, without a case when it is not here
	// To shared data: a SharedAsk; a SharedAnswer. A counter asks its hub, which asks the centre.
	VerbShared Verb = "shared"
	// Of ratings: which there are of a visit, and what is to be followed up.
	VerbRated   Verb = "rated"   // the id of a ticket as text; a RatedAnswer
	VerbRatings Verb = "ratings" // the id of a ticket as text, empty for all that are open; a RatingsAnswer
	VerbDue     Verb = "due"     // nothing; a JSON list of DueRow
	VerbSteps   Verb = "steps"   // a StepsAsk; a StepsAnswer
	// VerbDisclosure takes a DisclosureAsk and answers with a DisclosureAnswer.
	VerbDisclosure Verb = "disclosure"
	// Of what was scanned: which chunks are lacking, one that is brought, and one that is asked for.
	VerbScans Verb = "scans" // a ScansAsk; a ScansAnswer
	VerbBring Verb = "bring" // a Chunk; a BringAnswer
	VerbChunk Verb = "chunk" // a ChunkAsk; the sealed chunk, nothing where it is not here
	VerbHand  Verb = "hand"  // a Feed of a terminal's own log; an empty Feed up to the same position
	// What the centre publishes, asked of the place above: see Bundle and PieceAsk.
	VerbBundle Verb = "bundle"
	VerbPart   Verb = "part"
	// Between the hubs of a hall that has two, the first at the centre as well.
	VerbLease  Verb = "lease"  // a LeaseAsk; a LeaseAnswer
	VerbFollow Verb = "follow" // a FollowAsk; a Feed with everything, as soon as there is something
)

// Verbs lists all of them.
var Verbs = []Verb{VerbPush, VerbFeed, VerbCall, VerbBlock, VerbBook, VerbLend, VerbWishes, VerbCases, VerbBeat, VerbHand, VerbKeys, VerbCase, VerbDisclosure, VerbScans, VerbBring, VerbChunk, VerbKey, VerbShared, VerbRated, VerbRatings, VerbDue, VerbSteps, VerbCheck, VerbBundle, VerbPart, VerbLease, VerbFollow}

// Roles of devices, as the lists of admitted devices name them.
const (
	RoleKiosk   = "kiosk"
	RoleCounter = "counter"
	RoleBoard   = "board"
	RoleHub     = "hub"
)

// HubDevice is the name of every hall's hub within its hall, "jiangnan/hub";
// SecondHubDevice that of the other one where a hall has two.
const (
	HubDevice       = "hub"
	SecondHubDevice = "hub2"
)

// IsHub tells whether an origin is one of a hall's hubs.
func IsHub(o event.Origin) bool { return o.Device() == HubDevice || o.Device() == SecondHubDevice }

// OtherHub names the second of two hubs: jiangnan/hub2 for jiangnan/hub, and back.
func OtherHub(o event.Origin) event.Origin {
	if o.Device() == HubDevice {
		return event.Origin(o.Hall() + "/" + SecondHubDevice)
	}
	return event.Origin(o.Hall() + "/" + HubDevice)
}

// AskSubject is where a device asks a place (a hall id or Centre).
func AskSubject(place string, v Verb, from event.Origin) string {
	return subject(place, string(v)) + "." + tokens(from)
}

// AnyoneSubject is what a place listens to, so that it hears every device; who
// asked is read with Sender.
func AnyoneSubject(place string, v Verb) string { return subject(place, string(v)) + ".*.*" }

// tokens writes an origin as two tokens of a subject. An origin holds neither
// dots nor wildcards.
func tokens(o event.Origin) string { return strings.Replace(string(o), "/", ".", 1) }

// InboxPrefix is where a device alone hears answers, without the last dot.
func InboxPrefix(o event.Origin) string { return "_INBOX." + tokens(o) }

// Sender tells which device sent a message, and whether it may be answered. The
// server lets a device send under its own name only, but it does not look at the
// reply subject: a receiver that may send anywhere would carry its answer to the
// inbox of another device or into the hall's news, so that a reply outside the
// sender's own inbox is not answered. A message that wants no answer has none.
func Sender(subject, reply string) (event.Origin, bool) {
	t := strings.Split(subject, ".")
	if len(t) != 6 || t[0] != "ow" || t[1] != fmt.Sprint(Version) {
		return "", false
	}
	o := event.Origin(t[4] + "/" + t[5])
	if !o.Valid() || reply != "" && !strings.HasPrefix(reply, InboxPrefix(o)+".") {
		return "", false
	}
	return o, true
}

// MayBring tells whether a sender may bring events and beats of an origin: a
// device its own, a hub those of its whole hall.
func MayBring(sender, origin event.Origin) bool {
	return sender == origin || IsHub(sender) && sender.Hall() == origin.Hall()
}

// Rights are the subjects that a connection may send to and listen on; everything
// else is denied. Both empty means nothing at all.
type Rights struct{ Publish, Subscribe []string }

// asks are the verbs of each role: only a counter calls, only a kiosk takes
// numbers and books. A board shows.
var asks = map[string][]Verb{
	RoleKiosk:   {VerbPush, VerbFeed, VerbHand, VerbBeat, VerbBundle, VerbPart, VerbCases, VerbBlock, VerbBook, VerbLend, VerbKeys, VerbRated},
	RoleCounter: {VerbPush, VerbFeed, VerbHand, VerbBeat, VerbBundle, VerbPart, VerbCases, VerbCall, VerbKeys, VerbCase, VerbShared, VerbRatings, VerbDue, VerbDisclosure, VerbScans, VerbBring, VerbChunk},
	RoleBoard:   {VerbPush, VerbFeed, VerbHand, VerbBeat, VerbBundle, VerbPart},
	RoleHub:     {VerbPush, VerbFeed, VerbBeat, VerbBundle, VerbPart, VerbCheck, VerbLease, VerbKeys, VerbKey, VerbShared, VerbSteps, VerbWishes, VerbScans, VerbBring, VerbChunk},
}

// asksPeer is what a hub may ask of the other hub of its hall.
var asksPeer = []Verb{VerbLease, VerbFollow}

// RightsOf gives what a device may do at a place; false when it has no business
// there: an unknown role, another hall's terminal or hub, a terminal at the centre.
func RightsOf(place, role string, o event.Origin) (Rights, bool) {
	verbs, known := asks[role]
	if !known || !RoleFits(role, o) {
		return Rights{}, false
	}
	if place == Centre && role != RoleHub || place != Centre && o.Hall() != place {
		return Rights{}, false
	}
	if role == RoleHub && place != Centre {
		verbs = asksPeer
	}
	r := Rights{Subscribe: []string{InboxPrefix(o) + ".>"}}
	for _, v := range verbs {
		r.Publish = append(r.Publish, AskSubject(place, v, o))
	}
	if role != RoleHub {
		r.Subscribe = append(r.Subscribe, NewsSubject(place))
	}
	return r, true
}

// ToolRights are those of a program that holds a hub's own key, on its machine: it brings
// appointments of another system, and does nothing else in the hub's name.
func ToolRights(hub event.Origin) Rights {
	return Rights{Publish: []string{AskSubject(hub.Hall(), VerbBook, hub)}, Subscribe: []string{InboxPrefix(hub) + ".>"}}
}

// RoleFits tells whether a device of this name can have this role: hubs are all
// named hub or hub2, and nothing else is.
func RoleFits(role string, o event.Origin) bool {
	_, known := asks[role]
	return known && o.Valid() && (role == RoleHub) == IsHub(o)
}
