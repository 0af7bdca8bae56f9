"""What `liveroom doctor` looks at: one module a subject, each yielding findings; nothing here changes anything."""
