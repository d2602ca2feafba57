package guide

// Exhaustive gives an index that compares a query with every phrase in full.
func (x *Index) Exhaustive() *Index {
	all := *x
	all.most = len(x.phrases.list)
	return &all
}
