"""Who stands behind which shops: identifiers, proposals, merges, people, leads in parcels."""
