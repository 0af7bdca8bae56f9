"""The tables of the first revision that releases know. Nothing here is ever edited: a change is another revision."""
