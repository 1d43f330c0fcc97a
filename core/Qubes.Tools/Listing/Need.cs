namespace Qubes.Tools.Listing;

/// <summary>What must be fetched for a column or filter, beyond the list of qubes. Features are fetched by name.</summary>
[Flags]
internal enum Need
{
    None = 0,
    Properties = 1,
    Volumes = 2,
    Tags = 4,
    CurrentState = 8,
    Memory = 16,
}
