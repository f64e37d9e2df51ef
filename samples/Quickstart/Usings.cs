global using Quickstart.Recording;
global using Quickstart.Server;
global using ReactiveQuery;
