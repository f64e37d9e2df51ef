namespace Quickstart;

/// <summary>One thing that the library does, shown on a real HTTP server.</summary>
internal interface IScene
{
    string Name { get; }

    /// <summary>One sentence for the audience.</summary>
    string Explanation { get; }

    /// <summary>Runs the scene to its end and tells the stage what was promised and what was seen.</summary>
    Task PlayAsync(Stage stage);
}
