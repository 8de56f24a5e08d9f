"""One question to one provider: its address, its answer, its refusal; enters what speaks to the network."""
