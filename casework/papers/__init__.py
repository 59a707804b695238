"""What leaves the house on paper and in packages: dossiers, reports, petitions, bundles.

Owns which facts are told in which words. Leaves setting them to `evidence`.
"""
